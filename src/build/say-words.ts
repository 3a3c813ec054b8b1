import { size, share } from '../words/amounts.ts';
import { duration } from '../words/durations.ts';
import { factValue } from '../words/facts.ts';
import {
  findingMarks,
  gateMarks,
  incidentMarks,
  messageMarks,
  modeWords,
  planMarks,
  runMarks,
  stepMarks,
  verdictMarks,
  type Mark,
} from '../words/states.ts';

const rowsOf = (marks: Record<string, Mark>) => Object.entries(marks).filter(([, { word }]) => word !== '');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const states = (title: string, marks: Record<string, Mark>): string =>
  `## ${title}\n\n${table(
    ['in the API', 'people see'],
    rowsOf(marks).map(([name, { icon, word }]) => [`\`${name}\``, `${icon} ${word}`]),
  )}\n`;

const [second, minute, hour, mebibyte] = [1_000, 60_000, 3_600_000, 1_048_576];
const values: [string, string, string[]][] = [
  ['duration', 'milliseconds', [87, 4_200, 119_500, 761 * second, 64 * minute, 51 * hour].map(duration)],
  ['bytes', 'bytes', [512, 1_536, 512 * mebibyte, 1_536 * mebibyte].map(size)],
  ['count', 'how many', [factValue({ kind: 'count', value: 41_208 }), factValue({ kind: 'count', value: 3, unit: 'of 3' })]],
  ['share', '0 to 1', [0.004, 0.85].map(share)],
  ['time', 'ISO 8601, UTC', [factValue({ kind: 'time', value: '2026-03-14T14:03:22.123Z' })]],
  ['yesNo', 'true or false', [true, false].map((value) => factValue({ kind: 'yesNo', value }))],
  ['words', 'a text', ['as it is']],
];

/** docs/words.md: every word that people see for a state, and how values are said. */
export function wordsPage(): string {
  return [
    '# Words',
    '',
    'One word for one thing: terminal, page, report and messages say it by `src/words`, and so does this page (`npm run words` writes it).',
    '',
    states('A run', runMarks),
    `## What a run really does\n\n${table(
      ['in the API', 'people see'],
      Object.entries(modeWords).map(([mode, word]) => [`\`${mode}\``, word]),
    )}\n`,
    states('A step', stepMarks),
    states('A gate', gateMarks),
    states('An incident', incidentMarks),
    states('A message', messageMarks),
    states('A recovery plan', planMarks),
    states('What was found of a plan', findingMarks),
    states('What is thought of a fact', verdictMarks),
    '## Values',
    '',
    'A value stays exact and in its unit until it is shown; it is judged as it is, and never as it is said. What nobody could read is `not known`.',
    '',
    table(
      ['kind', 'kept as', 'said, for example'],
      values.map(([kind, unit, said]) => [`\`${kind}\``, unit, said.join(', ')]),
    ),
    '',
  ].join('\n');
}
