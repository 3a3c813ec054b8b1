import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

const page = 'docs/where-we-differ.md';
const text = readFileSync(page, 'utf8');

interface Row {
  line: number;
  source: string;
  proof: string;
}

/** The rows of all tables, without headings and rules. */
const lines = text.split('\n');
const isRule = (line: string | undefined) => line !== undefined && /^\| --- /.test(line);
const cellsOf = (line: string) => line.split(/(?<!\\)\|/).slice(1, -1);
const headings = lines.filter((_, index) => isRule(lines[index + 1]));
const rows: Row[] = lines.flatMap((line, index) => {
  if (!line.startsWith('| ') || isRule(line) || isRule(lines[index + 1])) return [];
  const cells = cellsOf(line);
  return [{ line: index + 1, source: cells[0]!.trim(), proof: cells.at(-1)!.trim() }];
});

/** Titles of the tests in a file, as they are written. */
const titlesIn = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)].map(([, , title]) =>
    title!.replace(/\\(.)/g, '$1'),
  );

/** What is wrong with one proof, as a sentence. */
function wrongWith(proof: string): string | undefined {
  if (/^later: part [345], \w/.test(proof)) return undefined;
  const [, file, title] = /^`(test\/[\w/-]+\.test\.ts)`: "(.+)"$/.exec(proof) ?? [];
  if (file === undefined || title === undefined) return `is neither a test nor a later part: ${proof}`;
  if (!existsSync(file)) return `names ${file}, which is not there`;
  return titlesIn(file).some((known) => known.includes(title)) ? undefined : `names a test that ${file} does not have: "${title}"`;
}

const proofsOf = ({ proof }: Row): string[] => proof.split(/; (?=`test\/|later: )/);

/** Every trap that was found in the five runbooks, by file and line. */
const traps: Record<string, number[]> = {
  'ml-platform': [342, 349, 212, 219, 330, 336, 206, 386, 352, 377, 368, 371, 185, 188],
  'pynomaly-aws': [131, 218, 222, 265],
  'pynomaly-kubernetes': [152, 137, 122],
  'iot-anomaly-compose': [70, 212, 160],
  'observer-coordinator': [120, 101, 102],
};

describe('where we differ from the runbooks', () => {
  it('ends every table with its proof', () => {
    assert.ok(headings.length >= 5);
    for (const heading of headings) assert.equal(cellsOf(heading).at(-1)!.trim(), 'Proof', heading);
  });

  it('names for every row a test that is there, or the later part that brings it', () => {
    assert.ok(rows.length > 30);
    const wrong = rows.flatMap((row) =>
      proofsOf(row)
        .flatMap((proof) => wrongWith(proof) ?? [])
        .map((what) => `${page}:${row.line} ${what}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('would notice a test that is not there', () => {
    assert.match(wrongWith('`test/house.test.ts`: "imports both ways"') ?? '', /does not have: "imports both ways"/);
    assert.match(wrongWith('`test/nowhere.test.ts`: "imports"') ?? '', /which is not there/);
    assert.match(wrongWith('Built') ?? '', /neither a test nor a later part/);
    assert.equal(wrongWith('`test/house.test.ts`: "classifies every activity"'), undefined);
  });

  it('answers every trap of the five runbooks with its line', () => {
    for (const [runbook, places] of Object.entries(traps)) {
      const about = rows.filter(({ source }) => source.includes(runbook) || /^the same|^all five/.test(source)).map(({ source }) => source);
      const missing = places.filter((place) => !about.some((source) => new RegExp(`\\b${place}\\b`).test(source)));
      assert.deepEqual(missing, [], runbook);
    }
  });
});
