import type { Command } from 'commander';
import type { Described } from '../../catalogue.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print, table } from '../output.ts';

/** `muster runbooks`: what can be started, and what each asks; works without anything running. */
export function registerRunbooks(program: Command): void {
  program
    .command('runbooks')
    .description('list the runbooks, or show what one asks and an example')
    .argument('[name]', 'a runbook, e.g. fail-over-region')
    .addHelpText('after', example('muster runbooks', 'muster runbooks restore-database-to-point-in-time'))
    .action(async (name: string | undefined, _options: object, command: Command) => {
      // It takes a while to load, and no other command shows it.
      const { catalogue, describeRunbook } = await import('../../catalogue.ts');
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
        const known = catalogue.map((candidate) => candidate.name).join(', ');
        throw new CliError(`"${name}" is no runbook; there are ${known}`, exitCodes.usage);
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

function page({ title, when, source, startRole, input, name, example: shown }: Described): string {
  const { properties = {}, required = [] } = input as { properties?: Record<string, Field>; required?: string[] };
  const rows = Object.entries(properties).map(([field, { description = '', default: usual }]) => [
    field,
    required.includes(field) ? 'needed' : usual === undefined ? '' : `usually ${JSON.stringify(usual)}`,
    description,
  ]);
  return [
    ...[title, `When     ${when}`, `Source   ${source}`, `Start    ${startRole} or more`, ''],
    ...[table(['INPUT', '', 'MEANING'], rows), ''],
    `muster start ${name} --input ${Object.entries(shown).map(said).join(' ')} --reason "…" --mode simulate`,
  ].join('\n');
}

const said = ([field, value]: [string, unknown]): string => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
