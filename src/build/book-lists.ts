import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { z } from 'zod';
import { catalogue, runbookTable } from '../catalogue.ts';
import { environmentSchema } from '../config/schema.ts';
import type { Made } from './code-lists.ts';
import { keysPage } from './environment-page.ts';

const style = { printWidth: 140, singleQuote: true, trailingComma: 'all' } as const;

/** What people and editors read, made from the declarations: the page of all runbooks, the list of the README, the schema of environment files. */
export async function bookLists(root: string): Promise<Made[]> {
  const schema = JSON.stringify(z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' }));
  const recoveries = catalogue.filter(({ symptoms, name }) => symptoms === undefined && name !== 'drill');
  const scenarios = catalogue.filter(({ symptoms }) => symptoms !== undefined);
  const table = ['| name | when |', '| --- | --- |', ...recoveries.map(({ name, when }) => `| \`${name}\` | ${when} |`)].join('\n');
  const pages = [
    { file: 'docs/runbooks.md', of: 'runbooks', made: runbookTable(catalogue) },
    { file: 'docs/environment.md', of: 'keys', made: keysPage(root) },
    { file: 'README.md', of: 'recoveries', made: table },
    { file: 'README.md', of: 'scenarios', made: inLines(scenarios.map(({ name }) => `\`${name}\``)) },
  ];
  const texts = new Map<string, string>();
  for (const { file, of, made } of pages) texts.set(file, between(texts.get(file) ?? readFileSync(join(root, file), 'utf8'), of, made));
  const formatted = [...texts].map(async ([file, text]) => ({ file, text: await format(text, { parser: 'markdown', ...style }) }));
  return Promise.all([
    ...formatted,
    format(schema, { parser: 'json', printWidth: style.printWidth }).then((text) => ({
      file: 'environments/environment.schema.json',
      text,
    })),
  ]);
}

/** Words side by side, six in a line. */
const inLines = (words: readonly string[]): string =>
  words
    .map((word, index) => `${word}${index % 6 === 5 ? '\n' : ' '}`)
    .join('')
    .trim();

/** A page with what stands between two marks made anew. Throws when it has no such marks. */
function between(page: string, of: string, made: string): string {
  const [start, end] = [`<!-- ${of}: made by npm run lists -->`, `<!-- end of ${of} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`there is no ${start} … ${end}`);
  return `${page.slice(0, from)}${start}\n\n${made}\n\n${page.slice(to)}`;
}
