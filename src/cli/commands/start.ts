import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { LineCounter, parseDocument } from 'yaml';
import type { Mode } from '../../workflows/messages.ts';
import { CliError, exitCodes } from '../exit.ts';
import { followRun } from '../follow.ts';
import { example, print, withIncidents, withRuns } from '../output.ts';
import { whichIncident } from '../which.ts';
import { namesKnown } from '../../words/nearest.ts';

interface StartOptions {
  input: string[];
  file?: string;
  mode: Mode;
  reason?: string;
  incident?: string;
  key?: string;
  follow?: boolean;
  exitWhenWaiting?: boolean;
}

/** Options that every way to start a run has. */
export function startOptions(command: Command): Command {
  return command
    .option('-i, --input <name=value...>', 'what the runbook asks for', [])
    .option('-f, --file <path>', 'a YAML or JSON file with the same; --input wins')
    .addOption(
      new Option('-m, --mode <mode>', 'simulate reads for real, changes nothing and predicts')
        .choices(['live', 'simulate'])
        .default('live'),
    )
    .option('--key <key>', 'Idempotency-Key: the same key twice is one run')
    .option('--follow', 'watch it until it ends')
    .option('--exit-when-waiting', 'watch it until it ends or waits for a person; exit code 5 then');
}

/** `muster start`: starts a runbook. */
export function registerStart(program: Command): void {
  startOptions(program.command('start <runbook>').description('start a run of a runbook, e.g. fail-over-region'))
    .option('-r, --reason <text>', 'why, for the record; needed')
    .option('--incident <id>', 'the incident that it belongs to')
    .addHelpText(
      'after',
      example(
        'muster start fail-over-region --input service=shop from=east to=west --reason "east is lost" --follow',
        'muster start fail-over-region --file plan.yaml --mode simulate --reason "what would it do?"',
      ),
    )
    .action(async (runbook: string, options: StartOptions, command: Command) => {
      const { mode, reason, key = randomUUID(), exitWhenWaiting } = options;
      const follow = options.follow ?? exitWhenWaiting;
      if (reason === undefined) throw await whatIsMissing(runbook);
      const input = { ...(options.file === undefined ? {} : readPlan(options.file)), ...readPairs(options.input) };
      const incident = options.incident && (await withIncidents(command, (incidents) => whichIncident(incidents, options.incident!)));
      await withRuns(command, async (runs, { output }) => {
        const started = await runs.start({ runbook, input, mode, reason, ...(incident === undefined ? {} : { incident }) }, key);
        if (!follow || output === 'table') print({ output }, started, () => sayStarted(started, follow ? undefined : mode));
        if (follow) process.exitCode = await followRun(runs, started.runId, { output, exitWhenWaiting });
        else if (!started.applied) process.exitCode = exitCodes.waits;
      });
    });
}

/** A wrong runbook is worth more than a missing reason: it is told first, with the one that was meant. */
async function whatIsMissing(runbook: string): Promise<CliError> {
  const { catalogue } = await import('../../catalogue.ts');
  const names = catalogue.map(({ name }) => name);
  const wrong = names.includes(runbook) ? '' : `"${runbook}" is no runbook; ${namesKnown(runbook, names)}\n  and `;
  return new CliError(`${wrong}say why with --reason, for the record`, exitCodes.usage);
}

interface Begun {
  runId: string;
  existed: boolean;
  applied: boolean;
}

/** What became of a start, and, unless somebody watches already, what to do next. */
export function sayStarted({ runId, existed, applied }: Begun, mode?: Mode): string {
  const became = existed ? 'was started before with this key' : applied ? 'has started' : 'is recorded; no worker has taken it up yet';
  const next =
    mode === undefined
      ? ''
      : mode === 'simulate'
        ? `\nNext: muster watch ${runId}     then, what it would do: muster show ${runId}`
        : `\nNext: muster watch ${runId}     when it asks: muster approve ${runId}`;
  return `${runId} ${became}${next}`;
}

/** Reads a file of inputs. Throws naming file, line and column when it is no YAML, or no map. */
export function readPlan(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(`${path} cannot be read: ${(cause as Error).message}`, exitCodes.usage);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new CliError(`${path}:${line}:${col} ${problem.message}`, exitCodes.usage);
  }
  const plan: unknown = document.toJS({ maxAliasCount: 50 });
  if (plan === null || typeof plan !== 'object' || Array.isArray(plan))
    throw new CliError(`${path}:1:1 must hold names with values`, exitCodes.usage);
  return plan as Record<string, unknown>;
}

/** `planned=true` → { planned: true }; texts stay texts, also `5s`. */
export function readPairs(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new CliError(`--input ${pair}: write name=value, e.g. from=east`, exitCodes.usage);
      return [name, readValue(value)];
    }),
  );
}

function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
