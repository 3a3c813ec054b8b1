import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cloneFolder } from '../src/config/tools.ts';
import { readContents } from '../src/report/content.ts';
import { reportPath, readReport } from '../src/report/read.ts';
import type { Split } from '../src/report/waterfall.ts';
import { startTethered } from '../src/tethered.ts';
import type { Figure } from './figures.ts';

const patienceMs = 300_000;

/** Plays the loss of a region on the practice range, and reads in the report whom the customers waited for. */
export async function customersOutage(say: (line: string) => void): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'muster-bench-demo-'));
  try {
    await playDemo(home, say);
    return figuresOf(await splitOf(join(home, 'archive')));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function playDemo(home: string, say: (line: string) => void): Promise<void> {
  const env = { ...process.env, MUSTER_HOME: home, NO_COLOR: '1' };
  const lines: string[] = [];
  const demo = startTethered(join(cloneFolder, 'muster'), ['demo', '--yes'], { cwd: cloneFolder, env, onLine: (line) => lines.push(line) });
  const tooLate = new AbortController();
  const code = await Promise.race([demo.ended, delay(patienceMs, 'late', { signal: tooLate.signal })]);
  tooLate.abort();
  await demo.stop();
  if (code === 0) return;
  for (const line of lines.slice(-15)) say(`  ${line}`);
  throw new Error(code === 'late' ? `the demo did not end within ${patienceMs / 1000} s` : `the demo ended with code ${code}`);
}

/** How the customers' outage divides, by the failover's own report. */
async function splitOf(archive: string): Promise<Split> {
  for (const folder of await readdir(archive)) {
    const { file } = await reportPath(join(archive, folder));
    const { run, waterfall } = readContents(await readReport(file));
    if (run.runbook === 'failOverRegion' && waterfall.customers) return waterfall.customers;
  }
  throw new Error("the demo left no report of a failover that knows the customers' outage");
}

function figuresOf({ totalMs, peopleMs, toolsMs, musterMs, noticeMs }: Split): Figure[] {
  const figure = (name: string, measured: number, detail: string): Figure => ({
    ...{ name, measured, unit: 'ms' as const, detail, samples: { [name]: [measured] } },
  });
  return [
    figure("customers' outage", totalMs, 'one failover on the range, by the customers’ own clocks'),
    figure('outage, waits for people', peopleMs, 'the decision'),
    figure('outage, waits for tools', toolsMs, 'databases, AWS, DNS'),
    figure('outage, waits for Muster', musterMs, 'between and around the calls'),
    figure('outage, nobody knows yet', noticeMs, 'before the run was started'),
    figure('outage without people', totalMs - peopleMs, 'all but the decision'),
  ];
}
