import type { Command } from 'commander';
import type { Described } from '../../catalogue.ts';
import { CliError, exitCodes } from '../exit.ts';
import { namesKnown } from '../../words/nearest.ts';
import { example, globals, print, table } from '../output.ts';

/** `muster runbooks`: what can be started, and what each asks; works without anything running. */
export function registerRunbooks(program: Command): void {
  program
    .command('runbooks')
    .description('list the runbooks, or show what one asks and an example')
    .argument('[name]', 'a runbook, e.g. fail-over-region')
    .option('--markdown', 'print all of them as a table for a page of your own')
    .addHelpText('after', example('muster runbooks', 'muster runbooks service-down', 'muster runbooks --markdown > runbooks.md'))
    .action(async (name: string | undefined, { markdown }: { markdown?: boolean }, command: Command) => {
      // It takes a while to load, and no other command shows it.
      const { catalogue, describeRunbook, runbookTable } = await import('../../catalogue.ts');
      if (markdown) {
        process.stdout.write(`${runbookTable(catalogue)}\n`);
        return;
      }
      if (name === undefined) {
        print(globals(command), catalogue.map(describeRunbook), () =>
          table(
            ['RUNBOOK', 'WHEN'],
            catalogue.map((entry) => [entry.name, entry.when]),
          ),
        );
        return;
      }
      const entry = catalogue.find((candidate) => candidate.name === name);
      if (!entry) {
        const known = namesKnown(
          name,
          catalogue.map((candidate) => candidate.name),
        );
        throw new CliError(`"${name}" is no runbook; ${known}`, exitCodes.usage);
      }
      const described = describeRunbook(entry);
      print(globals(command), described, () => page(described));
    });
}

interface Field {
  type?: string;
  description?: string;
  default?: unknown;
}

function page(described: Described): string {
  const { title, when, symptoms, source, platforms, asks, undoes, startRole, input, name, example: shown } = described;
  const { properties = {}, required = [] } = input as { properties?: Record<string, Field>; required?: string[] };
  const rows = Object.entries(properties).map(([field, { description = '', default: usual }]) => [
    field,
    required.includes(field) ? 'needed' : usual === undefined ? '' : `usually ${JSON.stringify(usual)}`,
    description,
  ]);
  return [
    ...[title, `When     ${when}`, ...(symptoms.length > 0 ? [`Signs    ${symptoms.join('; ')}`] : [])],
    ...[`Source   ${source}`, ...(platforms.length > 0 ? [`Runs on  ${platforms.join(', ')}`] : [])],
    ...[`Asks     ${asks.join(' ') || 'nothing'}`, `Undoes   ${undoes}`, `Start    ${startRole} or more`, ''],
    ...[table(['INPUT', '', 'MEANING'], rows), ''],
    `muster start ${name} --input ${Object.entries(shown).map(said).join(' ')} --reason "…" --mode simulate`,
  ].join('\n');
}

const said = ([field, value]: [string, unknown]): string => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
