import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpus, loadavg } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { approval } from './approval.ts';
import { customersOutage } from './customers-outage.ts';
import { cloneFolder } from '../src/config/tools.ts';
import { bars, type Figure } from './figures.ts';
import { withFigures } from './readme.ts';
import { startResults, type Results } from './results.ts';
import { fullSizes, quickSizes, type Sizes } from './sizes.ts';
import { onStage, type Stage } from './stage.ts';
import { stepOverhead } from './step-overhead.ts';
import { trigger } from './trigger.ts';
import { waitingRuns } from './waiting-runs.ts';

type Say = (line: string) => void;

/** Parts that share one Temporal server, in the order in which they are played. */
const onOneServer: Record<string, (stage: Stage, sizes: Sizes, say: Say, keep: Results['keep']) => Promise<Figure[]>> = {
  steps: stepOverhead,
  trigger,
  approval,
  waiting: waitingRuns,
};
const names = [...Object.keys(onOneServer), 'outage'];

interface BenchOptions {
  quick?: boolean;
  json?: string;
  readme?: string | true;
  only: string[];
  bar: Record<string, number>;
}

/** Runs the benchmark and gives its exit code: 0 when every figure keeps to its bar, 1 when one does not, 2 for wrong usage. */
export async function bench(argv: readonly string[], { print, say }: { print: Say; say: Say }): Promise<number> {
  const program = new Command('bench')
    .description('What Muster costs on top of the bare SDK, and how long customers wait: on this machine, in one run.')
    .option('--quick', 'small numbers, to see that it works')
    .option('--json <file>', 'write every reading there, as soon as it is taken')
    .option('--readme [file]', 'write the figures into the README')
    .addOption(new Option('--only <part...>', 'some parts').choices(names).default(names, 'all'))
    .option('--bar <name=value>', 'another bar for one figure, by its name', collectBar, {})
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: say });
  try {
    const options = program.parse(argv, { from: 'user' }).opts<BenchOptions>();
    if (options.readme && options.quick) program.error('--readme and --quick: small numbers are no figures');
    const about = aboutOf(options);
    const results = startResults({ bars: { ...bars, ...options.bar }, ...(options.json ? { json: { file: options.json, about } } : {}) });
    await measure(options, results, say);
    print(results.table());
    if (options.readme) await writeReadme(options.readme === true ? join(cloneFolder, 'README.md') : options.readme, results);
    return results.holds() ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function collectBar(text: string, before: Record<string, number>): Record<string, number> {
  const [, name, value] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('say name=number, e.g. "overhead per step=1.25"');
  return { ...before, [name]: Number(value) };
}

async function measure({ quick = false, only }: BenchOptions, results: Results, say: Say): Promise<void> {
  const sizes = quick ? quickSizes : fullSizes;
  const startedAt = Date.now();
  const sayOf = (part: string) => (line: string) => {
    say(`- ${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(3)} s  ${part}: ${line}`);
  };
  const wanted = Object.entries(onOneServer).filter(([name]) => only.includes(name));
  if (wanted.length > 0) {
    await results.attempt('stage', () =>
      onStage(sayOf('stage'), async (stage) => {
        for (const [name, part] of wanted) {
          sayOf(name)('begins');
          await results.attempt(name, () => part(stage, sizes, sayOf(name), results.keep));
        }
        return [];
      }),
    );
  }
  if (only.includes('outage')) {
    sayOf('outage')('plays the demo');
    await results.attempt('outage', () => customersOutage(sayOf('outage')));
  }
}

/** Everything that one needs to compare with another run. */
function aboutOf({ quick = false }: BenchOptions): object {
  const [processor] = cpus();
  return {
    at: new Date().toISOString(),
    machine: { node: process.version, platform: process.platform, cpus: cpus().length, processor: processor?.model, load: loadavg()[0] },
    sizes: quick ? quickSizes : fullSizes,
  };
}

async function writeReadme(file: string, { figures }: Results): Promise<void> {
  const on = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}`;
  await writeFile(file, withFigures(await readFile(file, 'utf8'), figures, on));
}
