import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bench } from '../../bench/bench.ts';
import { untilAtGate } from '../../bench/at-their-gate.ts';
import { holds, median, percentile, ratio, tableOf, type Figure } from '../../bench/figures.ts';
import { withFigures } from '../../bench/readme.ts';
import { startResults } from '../../bench/results.ts';
import { startEmbeddedTemporal } from '../../src/config/embedded-temporal.ts';
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

  const figure = (name: string, measured: number): Figure => ({ ...{ name, measured, unit: '×', bar: 2, detail: 'twice', samples: {} } });

  it('keeps what it has measured when a part fails, says which one and why, and has missed its aim', async () => {
    const json = join(folder, 'kept.json');
    const results = startResults({ bars: { early: 3 }, json: { file: json, about: { at: 'now' } } });
    await results.attempt('waiting', async () => {
      results.keep(figure('early', 1));
      throw new Error('run-7 never came');
    });
    await results.attempt('steps', async () => [figure('late', 1)]);
    const written = JSON.parse(await readFile(json, 'utf8')) as { at: string; figures: Figure[]; problems: object[] };
    assert.deepEqual(
      written.figures.map(({ name, bar }) => [name, bar]),
      [
        ['early', 3],
        ['late', 2],
      ],
    );
    assert.deepEqual([written.at, written.problems], ['now', [{ part: 'waiting', problem: 'run-7 never came' }]]);
    assert.match(results.table(), /early +1\.00 ×.*late.*✖ waiting: run-7 never came$/s);
    assert.equal(results.holds(), false);
  });

  it('writes its figures into the README and leaves those of the parts that were not played', async () => {
    const readme = await readFile('README.md', 'utf8');
    assert.equal(withFigures(readme, [], ''), readme, 'what stands there is as the bench writes it');
    const once = withFigures(readme, [figure('overhead per step', 1.5), { ...figure('untold', 9), bar: undefined } as never], 'today');
    assert.match(once, /\| overhead per step +\| 2\.00 × +\| 1\.50 × +\| twice; today +\|/);
    assert.match(once, /\| approval to next act +\|/);
    assert.doesNotMatch(once, /untold/);
    assert.throws(() => withFigures('# Nothing', [], ''), /must be there/);
    assert.equal(await bench(['--quick', '--readme'], { print: () => undefined, say: () => undefined }), 2);
  });

  it('says of a run that does not come to its gate where it stands and what it waits for', async () => {
    const server = await startEmbeddedTemporal({ folder: join(folder, 'temporal') });
    const connection = await Connection.connect({ address: server.address });
    try {
      const client = new Client({ connection, namespace: server.namespace });
      await client.workflow.start('failOverRegion', { workflowId: 'run-7', taskQueue: 'nobody', args: [] });
      await assert.rejects(
        untilAtGate(client, ['run-7'], { say: () => undefined, within: 100 }),
        /only 0 of 1 runs.*run-7: RUNNING, no state by its record, waits for a workflow task in try 1; \(byItself not known: .*\); last events .*WORKFLOW_TASK_SCHEDULED/s,
      );
    } finally {
      await connection.close();
      await server.stop();
    }
  });

  it('finds medians and percentiles between readings', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(percentile([1, 2, 3, 4, 5], 100), 5);
    assert.equal(percentile([10, 0], 95), 9.5);
  });
});
