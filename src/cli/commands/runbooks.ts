import { z } from 'zod';
import type { Command } from 'commander';
import { catalogue, type RunbookEntry } from '../../catalogue.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print, table } from '../output.ts';

/** `muster runbooks`: what can be started, and what each asks; works without anything running. */
export function registerRunbooks(program: Command): void {
  program
    .command('runbooks')
    .description('list the runbooks, or show what one asks and an example')
    .argument('[name]', 'a runbook, e.g. fail-over-region')
    .addHelpText('after', example('muster runbooks', 'muster runbooks restore-database-to-point-in-time'))
    .action((name: string | undefined, _options: object, command: Command) => {
      if (name === undefined) {
        print(globals(command), catalogue.map(describe), () =>
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
      print(globals(command), describe(entry), () => page(entry));
    });
}

interface Field {
  type?: string;
  description?: string;
  default?: unknown;
}

interface Described extends Pick<RunbookEntry, 'name' | 'title' | 'when' | 'source' | 'startRole' | 'example'> {
  input: { properties?: Record<string, Field>; required?: string[] };
}

function describe({ name, title, when, source, startRole, input, example: shown }: RunbookEntry): Described {
  // As people write it: a field with a default may be left out, a duration is a text.
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Described['input'];
  return { ...{ name, title, when, source, startRole, example: shown }, input: schema };
}

function page(entry: RunbookEntry): string {
  const { title, when, source, startRole, input, name } = describe(entry);
  const { properties = {}, required = [] } = input;
  const rows = Object.entries(properties).map(([field, { description = '', default: usual }]) => [
    field,
    required.includes(field) ? 'needed' : usual === undefined ? '' : `usually ${JSON.stringify(usual)}`,
    description,
  ]);
  return [
    ...[title, `When     ${when}`, `Source   ${source}`, `Start    ${startRole} or more`, ''],
    ...[table(['INPUT', '', 'MEANING'], rows), ''],
    `muster start ${name} --input ${Object.entries(entry.example).map(said).join(' ')} --reason "…" --mode simulate`,
  ].join('\n');
}

const said = ([field, value]: [string, unknown]): string => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
