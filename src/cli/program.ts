import { Command, CommanderError, Option } from 'commander';
import { registerDecide } from './commands/decide.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerDown } from './commands/down.ts';
import { registerDrill } from './commands/drill.ts';
import { registerDrills } from './commands/drills.ts';
import { registerIncident } from './commands/incident.ts';
import { registerLint } from './commands/lint.ts';
import { registerMitigations } from './commands/mitigations.ts';
import { registerNew } from './commands/new.ts';
import { registerRange } from './commands/range.ts';
import { registerReadiness } from './commands/readiness.ts';
import { registerReplayCheck } from './commands/replay-check.ts';
import { registerReport } from './commands/report.ts';
import { registerRunbooks } from './commands/runbooks.ts';
import { registerRuns } from './commands/runs.ts';
import { registerShow } from './commands/show.ts';
import { registerSignals } from './commands/signals.ts';
import { registerStart } from './commands/start.ts';
import { registerTape } from './commands/tape.ts';
import { registerUp } from './commands/up.ts';
import { registerVerify } from './commands/verify.ts';
import { registerWatch } from './commands/watch.ts';
import { registerWhatIf } from './commands/what-if.ts';
import { CliError, exitCodes } from './exit.ts';
import { example } from './output.ts';

/** The whole command line, ready to parse. */
export function createProgram(): Command {
  const program = new Command('muster')
    .description('Incident runbooks and disaster recovery as durable workflows: look, ask, act once, prove, and practise.')
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--api <url>', 'address of the API (or MUSTER_API); the token comes from MUSTER_TOKEN')
    .option('--direct', 'speak to Temporal itself, past the API; happens by itself when the API is down')
    .option('--as <subject>', 'who you are, when speaking to Temporal itself (or MUSTER_AS)')
    .showHelpAfterError('(--help shows what can be said)')
    .exitOverride()
    .addHelpText(
      'after',
      [
        example(
          'muster demo                                 lose a region, decide, fail over, read the report',
          'muster up                                   a practice estate that stays up',
          'muster start fail-over-region --input service=shop from=east to=west --reason "east is lost" --follow',
          'muster approve RUN                          look at the facts, then approve',
          'muster test test/cli                        run the tests, all or some',
        ),
        '\nExit codes: 0 done, 1 failed, 2 wrong usage or input, 3 refused, 4 waits for people or time ran out.',
      ].join('\n'),
    );
  const register = [
    ...[registerDemo, registerUp, registerDown, registerRunbooks, registerStart, registerRuns, registerShow, registerWatch],
    ...[registerDecide, registerSignals, registerReport, registerVerify, registerRange, registerDoctor, registerLint, registerMitigations],
    ...[registerIncident, registerDrill, registerDrills, registerReadiness, registerReplayCheck, registerTape, registerWhatIf],
    registerNew,
  ];
  for (const add of register) add(program);
  return program;
}

/** Runs one command line and gives its exit code; every failure is one sentence on standard error. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  process.exitCode = exitCodes.ok;
  try {
    await createProgram().parseAsync(argv, { from: 'user' });
    return Number(process.exitCode);
  } catch (error) {
    // Commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    process.stderr.write(`muster: ${sentenceOf(error)}\n`);
    return error instanceof CliError ? error.exitCode : exitCodes.failed;
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = error.cause instanceof Error && !error.message.includes(error.cause.message) ? ` (${error.cause.message})` : '';
  return `${error.message}${reason}`;
}
