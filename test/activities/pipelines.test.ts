import assert from 'node:assert/strict';
import { pipelineActivities } from '../../src/activities/service/pipelines.ts';
import { startDataServer } from './data-server.ts';
import { failureOf, inStep } from './in-step.ts';

const east = { service: 'shop', region: 'east' };

describe('what brings data in', () => {
  let server: Awaited<ReturnType<typeof startDataServer>>;
  beforeEach(async () => void (server = await startDataServer()));
  afterEach(() => server.stop());
  const tools = () => pipelineActivities(server.environment());
  const batch = (id: string, state: string) =>
    server.world.batches.push({ id, state, rows: [`${id}-a`, `${id}-b`], problem: null, replay: null });

  it('is told with its batches and how old the newest data may be', async () => {
    batch('b-1', 'done');
    const { result } = await inStep(tools().readPipeline, east);
    assert.deepEqual(
      [result.writer, result.freshForMs, result.batches],
      ['running', 60_000, [{ id: 'b-1', state: 'done', records: 2, problem: null, replay: null }]],
    );
  });

  it('says which source is not there', async () => {
    assert.deepEqual((await inStep(tools().readSources, east)).result, [{ name: 'the sensors', there: true, detail: 'answered 200' }]);
    server.world.sourceIsThere = false;
    assert.equal((await inStep(tools().readSources, east)).result[0]!.there, false);
  });

  it('stops and starts its writer once, also when the answer is lost', async () => {
    server.world.losesAnswers = true;
    await inStep(tools().stopWriter, east);
    await inStep(tools().stopWriter, east);
    assert.deepEqual([server.world.writer, server.world.changes.length], ['stopped', 1]);
    const { predicted } = await inStep(tools().startWriter, east, { mode: 'simulate' });
    assert.deepEqual([predicted.length, server.world.writer], [1, 'stopped']);
    await inStep(tools().startWriter, east);
    assert.equal(server.world.writer, 'running');
  });

  it('sets a batch aside whole, and lets it go again', async () => {
    batch('b-1', 'failed');
    await inStep(tools().quarantineBatch, { ...east, batch: 'b-1' });
    assert.deepEqual([server.world.batches[0]!.state, server.world.batches[0]!.rows.length], ['quarantined', 2]);
    await inStep(tools().releaseBatch, { ...east, batch: 'b-1' });
    assert.equal(server.world.batches[0]!.state, 'failed');
  });

  it('puts a batch through again once for one step, and no record comes twice', async () => {
    batch('b-1', 'quarantined');
    server.world.stored.push('b-1-a');
    server.world.losesAnswers = true;
    await inStep(tools().replayBatch, { ...east, batch: 'b-1' });
    await inStep(tools().replayBatch, { ...east, batch: 'b-1' });
    assert.deepEqual([server.world.stored, server.world.changes.length], [['b-1-a', 'b-1-b'], 1]);
  });

  it('says why a batch fails again', async () => {
    batch('b-1', 'quarantined');
    server.world.bad.add('b-1');
    const { name, message } = await failureOf(inStep(tools().replayBatch, { ...east, batch: 'b-1' }));
    assert.deepEqual([name, message], ['Permanent', 'b-1 failed again: row 3 has no temperature']);
  });

  it('takes no hostile batches', async () => {
    for (const one of ['../writer', 'b-1/../../x', '-o', '', 'b 1'])
      assert.equal((await failureOf(inStep(tools().quarantineBatch, { ...east, batch: one }))).name, 'InvalidInput');
    assert.deepEqual(server.world.changes, []);
  });

  it('is fresh by the age of its newest data, and not while records are there twice', async () => {
    const held = async () => (await inStep(tools().holdFresh, { ...east, forMs: 200, everyMs: 100 })).result!;
    assert.equal((await held()).bad, 0);
    server.world.stored.push('a', 'a');
    assert.equal((await held()).bad, 2);
    Object.assign(server.world, { stored: [], newest: '2026-11-01T00:00:00Z' });
    assert.match((await held()).detail, /the newest data is of 2026-11-01/);
  });
});
