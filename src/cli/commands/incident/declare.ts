import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../../exit.ts';
import { readPast } from '../../moments.ts';
import { example, print, withIncidents } from '../../output.ts';
import { tell } from './tell.ts';

interface DeclareOptions {
  title?: string;
  service?: string;
  severity?: string;
  impact?: string;
  started?: string;
  drill?: boolean;
  key?: string;
}

/** `muster incident declare`: a new incident, or one that alerts propose. */
export function registerDeclare(incident: Command): void {
  incident
    .command('declare [incident]')
    .description('declare an incident; with a number: say that a proposed one is one')
    .option('-t, --title <text>', 'what is wrong, in a few words')
    .option('-s, --service <name>', 'what it is about')
    .option('-S, --severity <name>', 'how bad it is, e.g. P0')
    .option('--impact <text>', 'what customers notice')
    .option('--started <time>', 'when it began: 10m (ago), 09:30 (UTC) or ISO; now unless said')
    .option('--drill', 'an exercise: every message says DRILL, nobody is paged, and it never counts')
    .option('--key <key>', 'Idempotency-Key: the same key twice is one incident')
    .addHelpText(
      'after',
      example(
        'muster incident declare --title "Nobody can order" --service shop --severity P0 --started 10m',
        'muster incident declare INC-2026-03-14-001 --severity P1',
      ),
    )
    .action(async (number: string | undefined, options: DeclareOptions, command: Command) =>
      number === undefined ? declareNew(options, command) : declareProposed(number, options, command),
    );
}

async function declareProposed(number: string, { severity, title, ...others }: DeclareOptions, command: Command): Promise<void> {
  const [extra] = Object.keys(others);
  if (extra) throw new CliError(`a proposed incident has its own: leave out --${extra}`, exitCodes.usage);
  await tell(command, number, 'declare', { ...(severity === undefined ? {} : { severity }), ...(title === undefined ? {} : { title }) });
}

async function declareNew({ started, key, ...options }: DeclareOptions, command: Command): Promise<void> {
  const { title, service, severity, impact, drill } = options;
  if (title === undefined || service === undefined || severity === undefined) {
    const missing = (['title', 'service', 'severity'] as const).filter((name) => options[name] === undefined);
    throw new CliError(`say ${missing.map((name) => `--${name}`).join(', ')}, or the number of a proposed incident`, exitCodes.usage);
  }
  const said = {
    ...{ title, service, severity },
    ...(impact === undefined ? {} : { impact }),
    ...(started === undefined ? {} : { startedAt: readPast('--started', started) }),
    ...(drill === undefined ? {} : { drill }),
  };
  await withIncidents(command, async (incidents, { output }) => {
    const declared = await incidents.declare(said, key ?? randomUUID());
    print({ output }, declared, () => {
      const { number, existed } = declared;
      if (number === undefined) return 'Recorded: its number comes with the next worker; muster incident list will show it.';
      return `${number} ${existed ? 'was declared before with this key' : 'is declared'}\nNext: muster incident ack ${number}`;
    });
    if (!declared.applied) process.exitCode = exitCodes.waits;
  });
}
