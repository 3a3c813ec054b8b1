import type { Command } from 'commander';
import { CliError, exitCodes } from '../../exit.ts';
import { verb } from './signals.ts';
import { tell } from './tell.ts';

interface ResolveOptions {
  resolution: string;
  cause?: string;
  unfreeze: boolean;
}

/** `muster incident resolve` and `attest`: the end of an incident, and what only a person can tell of it. */
export function registerResolve(incident: Command): void {
  verb(
    incident,
    'resolve <incident>',
    'verify, watch until it is stable, then send the final messages',
    ...['resolve INC --resolution "failed over to west" --cause "east lost its power"'],
  )
    .requiredOption('--resolution <text>', 'what ended it')
    .option('--cause <text>', 'what it came from, when it is known')
    .option('--no-unfreeze', 'leave deliveries on hold that its runs hold')
    .action((number: string, { resolution, cause, unfreeze }: ResolveOptions, command: Command) =>
      tell(command, number, 'resolve', { resolution, unfreeze, ...(cause === undefined ? {} : { cause }) }),
    );
  verb(
    incident,
    'attest <incident> <line>',
    'answer for a line of the verification, or a missing reading, that nobody but you can tell',
    ...['attest INC "metrics flow" --good --note "seen in Grafana"'],
  )
    .option('--good', 'it is as it must be')
    .option('--bad', 'it is not')
    .requiredOption('--note <text>', 'what you saw, for the record')
    .action((number: string, line: string, { good, bad, note }: { good?: boolean; bad?: boolean; note: string }, command: Command) => {
      if ((good === true) === (bad === true)) throw new CliError('say either --good or --bad', exitCodes.usage);
      return tell(command, number, 'attest', { line, good: good === true, note });
    });
}
