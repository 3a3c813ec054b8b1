import { Command, CommanderError, Help, Option } from 'commander';
import { thisBuild } from '../report/build.ts';
import { commands } from './commands/index.ts';
import { CliError, exitCodes } from './exit.ts';
import { example } from './example.ts';
import { safeText } from '../words/safe.ts';

/** The command line, ready to parse: whole, or with only those commands loaded that these arguments name. */
export async function createProgram(argv?: readonly string[]): Promise<Command> {
  const program = new Command('muster')
    .description('Incident runbooks and disaster recovery as durable workflows: look, ask, act once, prove, and practise.')
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--api <url>', 'address of the API (or MUSTER_API); the token comes from MUSTER_TOKEN')
    .option('--direct', 'speak to Temporal itself, past the API; happens by itself when the API is down')
    .option('--as <subject>', 'who you are (or MUSTER_AS): one of the people, and the one whose token it is')
    .version(thisBuild().version, '-V, --version', 'say which version this is')
    .configureHelp({ subcommandTerm })
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
        '\nExit codes: 0 done, 1 failed, 2 wrong usage or input, 3 refused, 4 waits for people or time ran out, 5 waits for a person (--exit-when-waiting).',
      ].join('\n'),
    );
  for (const { says, load } of commands) {
    if (argv?.some((word) => word in says) ?? true) (await load())(program);
    else for (const [name, description] of Object.entries(says)) program.command(name).description(description);
  }
  return program;
}

/** The list of all commands has their names only: what each takes says its own help. */
function subcommandTerm(this: Help, command: Command): string {
  return command.parent?.parent === null ? command.name() : Help.prototype.subcommandTerm.call(this, command);
}

/** Runs one command line and gives its exit code; every failure is one sentence on standard error. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  process.exitCode = exitCodes.ok;
  try {
    await (await createProgram(argv)).parseAsync(argv, { from: 'user' });
    return Number(process.exitCode);
  } catch (error) {
    // Commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    process.stderr.write(`muster: ${safeText(sentenceOf(error))}\n`);
    return error instanceof CliError ? error.exitCode : exitCodes.failed;
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = error.cause instanceof Error && !error.message.includes(error.cause.message) ? ` (${error.cause.message})` : '';
  return `${error.message}${reason}`;
}
