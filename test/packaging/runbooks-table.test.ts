import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { catalogue, runbookTable } from '../../src/catalogue.ts';

const page = 'docs/runbooks.md';
/** Rows without the spaces that a formatter puts between the bars. */
const rowsOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| *-{3}/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
        .join('|'),
    );

describe('the page of all runbooks', () => {
  it('says of each what the catalogue says (./muster runbooks --markdown)', () => {
    assert.deepEqual(rowsOf(readFileSync(page, 'utf8')), rowsOf(runbookTable(catalogue)));
  });
});
