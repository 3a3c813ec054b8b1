import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bench } from '../../bench/bench.ts';
import { holds, median, percentile, ratio, tableOf, type Figure } from '../../bench/figures.ts';
// Installs the one quiet Temporal runtime that a process of tests may have.
import '../kit/harness.ts';

const together = ['--quick', '--only', 'steps', 'trigger', 'approval'];

describe('the benchmark', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'muster-bench-test-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  it('measures both sides on one server, and fails when a bar is missed', async () => {
    const json = join(folder, 'bench.json');
    const printed: string[] = [];
    const code = await bench([...together, '--json', json, '--bar', 'overhead per step=0.01'], {
      print: (text) => printed.push(text),
      say: () => undefined,
    });
    assert.equal(code, 1);
    assert.match(printed.join('\n'), /overhead per step +\d+\.\d\d × +≤ 0\.01 × +✖/);

    const { figures } = JSON.parse(await readFile(json, 'utf8')) as { figures: (Figure & { holds: boolean })[] };
    const names = figures.map(({ name }) => name);
    for (const name of ['overhead per step', 'trigger to first act', 'approval to next act']) assert.ok(names.includes(name), name);
    for (const { name, measured, samples } of figures) {
      const [muster, bare] = [samples['muster']!, samples['bare']!];
      assert.ok(muster.length >= 3 && muster.length === bare.length, `${name} has ${muster.length} and ${bare.length} readings`);
      for (const reading of [...muster, ...bare]) assert.ok(reading > 0 && reading < 20_000, `${name}: ${reading} ms`);
      assert.ok(Math.abs(measured - median(muster) / median(bare)) < 1e-9, name);
    }
    assert.equal(figures.find(({ name }) => name === 'overhead per step')!.holds, false);
  });

  it('says what is wrong with its options, and starts nothing', async () => {
    const said: string[] = [];
    const out = { print: () => undefined, say: (line: string) => said.push(line) };
    assert.equal(await bench(['--only', 'everything'], out), 2);
    assert.equal(await bench(['--bar', 'fast'], out), 2);
    assert.match(said.join(), /Allowed choices are steps, .*name=number/s);
  });

  it('takes a figure that could not be measured for a missed bar', () => {
    const figure = { ...ratio('overhead per step', [], [1], 'bare'), bar: 1.25 };
    assert.equal(holds(figure), false);
    assert.match(tableOf([figure]), /✖/);
  });

  it('finds medians and percentiles between readings', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(percentile([1, 2, 3, 4, 5], 100), 5);
    assert.equal(percentile([10, 0], 95), 9.5);
  });
});
