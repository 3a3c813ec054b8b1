import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { run } from './run.ts';
import { closing, slowest, sumOf } from './summary.ts';
import { allTests, choose, type Chosen } from './suites.ts';
import { changedFiles, touchedBy } from './touched.ts';

const help = `Usage: ./muster test [files or folders] [options]

Runs tests: those of the files and folders that are named, else all but kills and rigs.

  --kills           the tests in which worker and Temporal are killed inside the changes of the runbooks; slow
  --rigs            the tests beside real systems, fetched or built once into .muster/cache
  --all             everything: what you run before you call something done
  --touched         all but kills and rigs, and of these a fixed few and what the change since the last passed .ci/run touches
  --slowest [N]     afterwards the N slowest files and tests (20)
  -g, --grep TEXT   only tests whose title has this pattern
  -b, --bail        end at the first failure
  -t, --timeout MS  another patience for each test
  -j, --jobs N      so many files at a time (2)
  --no-color        plain text
  -h, --help        this page

Examples:
  ./muster test test/kit
  ./muster test test/kills/fail-over-region.test.ts --grep "promotes once"
  ./muster test --all --slowest 10`;

const yes = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
const options = {
  ...{ kills: yes, rigs: yes, all: yes, touched: yes, slowest: text },
  ...{ grep: { ...text, short: 'g' }, bail: { ...yes, short: 'b' }, timeout: { ...text, short: 't' }, jobs: { ...text, short: 'j' } },
  ...{ 'no-color': yes, help: { ...yes, short: 'h' } },
};

/** `--slowest` may stand alone. */
const withCount = (args: string[]) =>
  args.map((word, at) => (word === '--slowest' && !/^\d+$/.test(args[at + 1] ?? '') ? '--slowest=20' : word));

type Said = ReturnType<typeof parse>;
const parse = (args: string[]) => parseArgs({ args: withCount(args), options, allowPositionals: true });

/** Which files are meant. */
function chosenBy({ values, positionals }: Said): Chosen {
  const all = allTests();
  const none: Chosen = { tests: [], kills: [], rigs: [] };
  if (values.all) return all;
  if (values.touched) return { ...all, ...touchedBy(changedFiles(), all) };
  if (positionals.length > 0) return choose(positionals);
  if (values.kills || values.rigs) return { ...none, kills: values.kills ? all.kills : [], rigs: values.rigs ? all.rigs : [] };
  return { ...none, tests: all.tests };
}

async function main(args: string[]): Promise<number> {
  const said = parse(args);
  const { values } = said;
  if (values.help) {
    console.log(help);
    return 0;
  }
  const forMocha = (['grep', 'bail', 'timeout', 'jobs', 'no-color'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [typeof value === 'string' ? `--${name}=${value}` : `--${name}`];
  });
  const chosen = chosenBy(said);
  const { tests, kills, rigs } = chosen;
  const title = (what: string) => console.log(`== ${what}`);
  const several = [tests, kills, rigs].filter(({ length }) => length > 0).length > 1;
  const results = [];
  if (several) title('tests');
  if (tests.length > 0) results.push(await run('tests', tests, forMocha));
  // One after the other: a rig that is built from its sources takes both cores, and a kill is told from slowness only on a machine that has time.
  for (const suite of ['kills', 'rigs'] as const) {
    if (chosen[suite].length === 0) continue;
    if (several) title(suite);
    results.push(await run(suite, chosen[suite], forMocha));
  }
  const sum = sumOf(results);
  if (values.slowest !== undefined) console.log(slowest(sum, Number(values.slowest)));
  if (several) console.log(closing(sum));
  const to = process.env['MUSTER_TEST_SUMMARY'];
  if (to !== undefined) writeFileSync(to, closing(sum));
  return sum.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`muster test: ${(error as Error).message} (./muster test --help shows what can be said)\n`);
  process.exitCode = 2;
}
