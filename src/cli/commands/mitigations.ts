import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../exit.ts';
import { whichRun } from '../which.ts';
import { namesKnown } from '../../words/nearest.ts';
import { example, globals, print, table, withRuns } from '../output.ts';

const kinds = ['maintenance-page', 'read-only', 'rate-limit', 'scaled-down-writers'];

interface AddOptions {
  service: string;
  for: string;
  reason: string;
  owner?: string;
  value?: string;
  incident?: string;
  key?: string;
}

/** `muster mitigations`: what services are relieved by now; `add` puts one in force, `end` takes it back. */
export function registerMitigations(program: Command): void {
  const mitigations = program
    .command('mitigations')
    .description('list what services are relieved by now: who answers for it, and when people are asked whether it is still needed')
    .addHelpText(
      'after',
      example(
        'muster mitigations',
        'muster mitigations add maintenance-page --service shop --for 30m --as sam --reason "the database is being restored"',
        'muster mitigations add rate-limit --value 10 --service shop --for 1h --owner ana --reason "the queue is full"',
        'muster mitigations end mitigate-20261121-061409-8c1e --reason "the queue is empty"',
      ),
    )
    .action((_options: object, command: Command) => list(command));

  mitigations
    .command('add')
    .description('put a service on a measure for a while; silence takes it back')
    .argument('<kind>', kinds.join(', '))
    .requiredOption('-s, --service <name>', 'the service')
    .requiredOption('--for <time>', 'how long, e.g. 30m; then people are asked whether it is still needed')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .option('--owner <subject>', 'who answers for it; --as, or else whoever asks')
    .option('--value <number>', 'requests a second for a rate-limit, instances for scaled-down-writers')
    .option('--incident <id>', 'the incident that it belongs to')
    .option('--key <key>', 'Idempotency-Key: the same key twice is one run')
    .addHelpText(
      'after',
      example('muster mitigations add rate-limit --value 10 --service shop --for 1h --owner ana --reason "the queue is full"'),
    )
    .addHelpText('after', example('muster mitigations add read-only --service shop --for 15m --as sam --reason "the disk is nearly full"'))
    .action((kind: string, options: AddOptions, command: Command) => add(kind, options, command));

  mitigations
    .command('end')
    .description('take a measure back now')
    .argument('<run>', 'the run, as the list shows it')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .addHelpText('after', example('muster mitigations end mitigate-20261121-061409-8c1e --reason "the queue is empty"'))
    .action(async (said: string, { reason }: { reason: string }, command: Command) => {
      await withRuns(command, async (runs, { output }) => {
        const runId = await whichRun(runs, said);
        const { runbook } = await runs.view(runId);
        if (runbook !== 'mitigate') throw new CliError(`${runId} is no mitigation but a run of ${runbook}`, exitCodes.usage);
        const told = await runs.command(runId, 'abort', { how: 'undo', reason }, randomUUID());
        print({ output }, { runId, ...told }, () =>
          told.applied ? `${runId} takes it back` : `recorded for ${runId}; no worker has answered yet`,
        );
        if (!told.applied) process.exitCode = exitCodes.waits;
      });
    });
}

function list(command: Command): Promise<void> {
  return withRuns(command, async (runs, { output }) => {
    const found = await runs.mitigations();
    print({ output }, found, () => {
      if (found.length === 0) return 'Nothing is in force.';
      const rows = found.map(({ kind, value, service, owner, since, asksAt, left, status, runId }) => [
        value === undefined ? kind : `${kind} ${value}`,
        ...[service, owner, since, left ? `never: ${status}` : (asksAt ?? 'now'), runId],
      ]);
      return table(['KIND', 'SERVICE', 'OWNER', 'SINCE', 'ASKS AGAIN AT', 'RUN'], rows);
    });
  });
}

async function add(kind: string, options: AddOptions, command: Command): Promise<void> {
  if (!kinds.includes(kind)) throw new CliError(`${kind} is no mitigation; ${namesKnown(kind, kinds)}`, exitCodes.usage);
  const { service, reason, value, incident, key = randomUUID() } = options;
  if (value !== undefined && !(Number(value) > 0)) throw new CliError(`--value ${value}: say a number above 0`, exitCodes.usage);
  const owner = options.owner ?? globals(command).as;
  const input = {
    ...{ service, kind, for: options.for },
    ...(owner === undefined ? {} : { owner }),
    ...(value === undefined ? {} : { value: Number(value) }),
  };
  await withRuns(command, async (runs, { output }) => {
    const asked = { runbook: 'mitigate', input, mode: 'live' as const, reason, ...(incident === undefined ? {} : { incident }) };
    const started = await runs.start(asked, key);
    print(
      { output },
      started,
      () => `${started.runId} ${started.applied ? 'puts' : 'is recorded and will put'} ${service} on ${kind} for ${options.for}`,
    );
    if (!started.applied) process.exitCode = exitCodes.waits;
  });
}
