import type { Command } from 'commander';
import type { IncidentCommandName, IncidentCommands } from '../../../workflows/incident/commands.ts';
import { CliError, exitCodes } from '../../exit.ts';
import { readPast } from '../../moments.ts';
import { example } from '../../output.ts';
import { saidIn, tell, withSaid } from './tell.ts';

/** What people say to an incident in one sentence. */
export function registerSignals(incident: Command): void {
  verb(incident, 'ack <incident>', 'acknowledge: you take care of it, and the ladder stops', 'ack INC').action(
    send('acknowledge', () => ({})),
  );
  verb(incident, 'dismiss <incident>', 'say that it is no incident', 'dismiss INC --reason "a test of the alert"')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .action(send('dismiss', ({ reason }: { reason: string }) => ({ reason })));
  verb(incident, 'severity <incident> <severity>', 'raise or lower the severity', 'severity INC P1 --reason "one region only"')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .action((number: string, severity: string, { reason }: { reason: string }, command: Command) =>
      tell(command, number, 'severity', { severity, reason }),
    );
  withSaid(
    verb(incident, 'say <incident>', 'say something for later messages and the report', 'say INC --impact "half of all orders fail"'),
  ).action((number: string, options: Parameters<typeof saidIn>[0], command: Command) => {
    const said = saidIn(options);
    if (Object.keys(said).length === 0)
      throw new CliError('say at least one thing, e.g. --impact "half of all orders fail"', exitCodes.usage);
    return tell(command, number, 'say', said);
  });
  verb(incident, 'note <incident> <text>', 'write a note into the timeline, or annotate an entry', 'note INC "error rate falls" --on t12')
    .option('--on <entry>', 'the entry that it is about, e.g. t12')
    .action((number: string, text: string, { on }: { on?: string }, command: Command) =>
      tell(command, number, 'note', { text, ...(on === undefined ? {} : { on }) }),
    );
  verb(incident, 'mitigate <incident>', 'say that customers are no longer hurt', 'mitigate INC --how "failed over to west" --at 5m')
    .requiredOption('--how <text>', 'what did it')
    .option('--at <time>', 'since when: 5m (ago), 09:30 (UTC) or ISO; now unless said')
    .action(
      send('mitigate', ({ how, at }: { how: string; at?: string }) => ({ how, ...(at === undefined ? {} : { at: readPast('--at', at) }) })),
    );
  verb(incident, 'reopen <incident>', 'open it again: it is back, or was resolved too early', 'reopen INC --reason "orders fail again"')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .action(send('reopen', ({ reason }: { reason: string }) => ({ reason })));
  verb(incident, 'close <incident>', 'close it; refused while the closing checklist is not done', 'close INC').action(
    send('close', () => ({})),
  );
}

/** A command on one incident, with its example; `INC` in an example stands for a number. */
export function verb(incident: Command, words: string, description: string, ...examples: string[]): Command {
  const lines = examples.map((line) => `muster incident ${line.replace('INC', 'INC-2026-03-14-001')}`);
  return incident
    .command(words)
    .description(description)
    .addHelpText('after', example(...lines));
}

function send<Name extends IncidentCommandName, Options extends object>(name: Name, said: (options: Options) => IncidentCommands[Name]) {
  return (number: string, options: Options, command: Command) => tell(command, number, name, said(options));
}
