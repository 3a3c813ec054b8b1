import type { Command } from 'commander';
import { CliError, exitCodes } from '../../exit.ts';
import { verb } from './signals.ts';
import { tell } from './tell.ts';

/** `muster incident role`: who commands, operates, communicates, writes. */
export function registerRole(incident: Command): void {
  verb(
    incident,
    'role <incident> <role> [person]',
    'assign a role, hand it over, or take it away',
    ...['role INC commander ana', 'role INC scribe --nobody'],
  )
    .option('--nobody', 'take the role away')
    .action((number: string, role: string, person: string | undefined, { nobody }: { nobody?: boolean }, command: Command) => {
      if ((person === undefined) !== (nobody === true)) throw new CliError('say who gets the role, or --nobody', exitCodes.usage);
      return tell(command, number, 'role', { role, subject: person ?? null });
    });
}
