import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { verifyReport } from '../../src/report/verify.ts';
import { eventually } from '../eventually.ts';

/** Runs the demo as a person without a terminal would, and gives back what it printed. */
async function demo(...options: string[]): Promise<{ code: number; output: string }> {
  const child = spawn('./muster', ['demo', '--yes', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'exit')) as [number];
  return { code, output };
}

const figure = (output: string, name: string): string => new RegExp(`^${name} +(.+)$`, 'm').exec(output)?.[1] ?? `no ${name} in: ${output}`;

const reportOf = (output: string): string => figure(output, 'Report').replace('report.html', 'report.json');

/** What customers waited for, in ms, as the report splits it. */
function waitedFor(output: string): Record<'musterMs' | 'toolsMs' | 'retriesMs', number> {
  const { entries } = JSON.parse(readFileSync(reportOf(output), 'utf8')) as { entries: { kind: string; data: object }[] };
  const waterfall = entries.find(({ kind }) => kind === 'waterfall')!.data as { customers: ReturnType<typeof waitedFor> };
  return waterfall.customers;
}

async function leftRunning(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'command']);
  return stdout.split('\n').filter((line) => line.includes(`${process.cwd()}/.muster/demo-`));
}

describe('./muster demo', function () {
  this.timeout(180_000);

  const cases: { name: string; options: string[]; check: (output: string) => void }[] = [
    {
      name: 'loses a region, fails over with two approvers, and prints what customers felt',
      options: [],
      check: (output) => {
        // How long the range takes to lose a region, before anybody starts the run, is none of Muster's.
        const { musterMs, toolsMs, retriesMs } = waitedFor(output);
        assert.ok(musterMs + toolsMs + retriesMs < 15_000, `${musterMs} ms for Muster, ${toolsMs} for its tools, ${retriesMs} for retries`);
        assert.match(figure(output, 'RTO'), /✔ kept/);
      },
    },
    {
      name: 'planned, loses no acknowledged order',
      options: ['--planned'],
      check: (output) => assert.equal(figure(output, 'Orders gone'), '0 of those acknowledged; the customers miss 0'),
    },
    {
      name: 'with a lagging replica, lists every acknowledged order that is gone, as many as the customers miss',
      options: ['--lag', '10s'],
      check: (output) => {
        const [, gone, missed] = /^(\d+) of those acknowledged; the customers miss (\d+)$/.exec(figure(output, 'Orders gone'))!;
        assert.equal(gone, missed);
        assert.ok(Number(gone) > 50, `${gone} orders in ten seconds`);
        assert.match(figure(output, 'RPO'), /✖ missed/);
      },
    },
  ];
  for (const { name, options, check } of cases) {
    it(name, async () => {
      const { code, output } = await demo(...options);
      assert.equal(code, 0, output);
      check(output);
      assert.equal(figure(output, 'Promotions'), '1');
      assert.match(output, /ana approves: /);
      assert.match(output, /ben approves: /);
      const verified = await verifyReport(reportOf(output));
      assert.deepEqual([verified.ok, verified.problem], [true, undefined]);
      await eventually('everything to be gone', leftRunning, (left) => left.length === 0);
    });
  }
});
