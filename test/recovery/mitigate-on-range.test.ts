import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import type { MitigationSummary } from '../../src/runs/mitigations.ts';
import { practiceEstate } from './estate.ts';

const ended = ({ state }: RunView) => finalStates.includes(state);

/** Each measure does something to real customers, and is gone afterwards. */
describe('mitigations on the range', function () {
  this.timeout(120_000);
  const estate = practiceEstate();
  const edge = () => estate.stack.variables['MUSTER_RANGE_EDGE']!;

  const relieve = async (kind: string, input: object = {}, mode = 'live'): Promise<string> => {
    const asked = { runbook: 'mitigate', mode, reason: 'a test', input: { service: 'shop', kind, for: '2s', owner: 'ana', ...input } };
    const { status, body } = await estate.start('sam', asked);
    assert.equal(status, 201, JSON.stringify(body));
    return body.runId!;
  };
  const inForce = (runId: string) => estate.seen(runId, 'the measure in force', ({ steps }) => steps.some(({ kind }) => kind === 'rest'));
  /** Says that it is no longer needed, and waits until it is gone. */
  const end = async (runId: string): Promise<RunView> => {
    const { id: gate, digest } = await estate.openGate(runId);
    const { status, body } = await estate.signal('ana', runId, 'decline', { gate, digest, comment: 'mended' });
    assert.equal(status, 200, JSON.stringify(body));
    const view = await estate.seen(runId, 'the end', ended);
    assert.equal(view.state, 'completed', view.status);
    return view;
  };
  /** How customers' orders end within a second and a half. */
  const orders = async () => {
    const before = (await estate.range.status()).customers;
    const from = Date.now();
    await eventually(
      'a second and a half of orders',
      async () => Date.now() - from,
      (ms) => ms > 1_500,
    );
    const after = (await estate.range.status()).customers;
    return { good: after.acknowledged - before.acknowledged, failed: after.failed - before.failed };
  };
  const served = () => eventually('good orders', orders, ({ good, failed }) => good > 10 && failed === 0, 30_000);
  const list = async () => {
    const answer = await fetch(new URL('/api/mitigations', estate.stack.addresses.api), {
      headers: { authorization: `Bearer ${estate.stack.tokens['vic']}` },
    });
    return ((await answer.json()) as { mitigations: MitigationSummary[] }).mitigations;
  };

  it('a dry run says what it would do, and changes nothing', async () => {
    const before = await estate.changes();
    const runs = await Promise.all([
      relieve('maintenance-page', {}, 'simulate'),
      relieve('rate-limit', { value: 5 }, 'simulate'),
      relieve('read-only', {}, 'simulate'),
      relieve('scaled-down-writers', {}, 'simulate'),
    ]);
    for (const runId of runs) {
      const view = await estate.seen(runId, 'the end', ended);
      assert.equal(view.state, 'completed', view.status);
      assert.ok(view.steps.find(({ title }) => title.startsWith('Put '))!.predicted.length > 0);
    }
    assert.equal(await estate.changes(), before);
    assert.deepEqual(await list(), []);
    await served();
  });

  it('the maintenance page turns customers away and says when to come back', async () => {
    const runId = await relieve('maintenance-page');
    await inForce(runId);
    const answer = await fetch(`${edge()}/orders`, { method: 'POST' });
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '30']);
    assert.match(await answer.text(), /closed for a moment/);
    assert.equal((await orders()).good, 0);
    await end(runId);
    await served();
  });

  it('a rate limit lets so many orders through as it says', async () => {
    const runId = await relieve('rate-limit', { value: 8 });
    await inForce(runId);
    const { good, failed } = await orders();
    assert.ok(good > 0 && good <= 8 * 3 && failed > 0, `${good} good, ${failed} failed`);
    await end(runId);
    await served();
  });

  it('read-only lets nobody write, is listed with its owner, and is taken back', async () => {
    const runId = await relieve('read-only');
    await inForce(runId);
    assert.equal((await estate.range.status()).regions.east.database, 'fenced');
    assert.equal((await orders()).good, 0);
    const [listed] = await list();
    assert.deepEqual(
      [listed!.runId, listed!.kind, listed!.service, listed!.owner, listed!.left],
      [runId, 'read-only', 'shop', 'ana', false],
    );
    await end(runId);
    await served();
    assert.deepEqual(await list(), []);
  });

  it('fewer writers are so many as it says, and afterwards as many as before', async () => {
    const instances = async () => (await estate.range.status()).regions.east.shop.healthy;
    const before = await instances();
    const runId = await relieve('scaled-down-writers');
    await inForce(runId);
    assert.deepEqual([before, await instances()], [3, 1]);
    await end(runId);
    assert.equal(await instances(), 3);
    await served();
  });

  it('is taken back at once when a person ends it early', async () => {
    const runId = await relieve('maintenance-page', { for: '1h' });
    await inForce(runId);
    assert.equal((await estate.signal('sam', runId, 'abort', { how: 'undo', reason: 'mended' })).status, 200);
    assert.equal((await estate.seen(runId, 'the end', ended)).state, 'compensated');
    await served();
  });

  it('a second one of the same kind is refused with the name of the run that holds it', async () => {
    const runId = await relieve('maintenance-page', { for: '1h' });
    await inForce(runId);
    const input = { service: 'shop', kind: 'maintenance-page', for: '1h' };
    const { status, body } = await estate.start('sam', { runbook: 'mitigate', reason: 'again', input });
    assert.deepEqual([status, body.code, body.holder], [409, 'ResourceBusy', runId]);
    await estate.signal('sam', runId, 'abort', { how: 'leave', reason: 'looked after by hand' });
    await estate.seen(runId, 'the end', ended);
    const [left] = await list();
    assert.deepEqual([left!.runId, left!.left, left!.asksAt], [runId, true, null]);
    assert.match(left!.status, /ended by sam: looked after by hand/);
    const next = await relieve('maintenance-page');
    await end(next);
    assert.deepEqual(await list(), [], 'a later run has taken it over, and back');
    await served();
  });

  it('refuses what the environment does not have, before anything is started', async () => {
    for (const [input, pointer] of [
      [{ kind: 'rate-limit' }, '/input/value'],
      [{ kind: 'maintenance-page', value: 3 }, '/input/value'],
      [{ kind: 'read-only', owner: 'nobody' }, '/input/owner'],
      [{ kind: 'read-only', for: '48h' }, '/input/for'],
      [{ kind: 'hope' }, '/input/kind'],
      [{ kind: 'scaled-down-writers', value: 1.5 }, '/input/value'],
      [{ kind: 'read-only', service: 'bank' }, '/input/service'],
    ] as const) {
      const { status, body } = await estate.start('sam', {
        runbook: 'mitigate',
        reason: 'a test',
        input: { service: 'shop', for: '5s', ...input },
      });
      assert.deepEqual([status, body.errors?.[0]?.pointer], [422, pointer], JSON.stringify(body));
    }
  });
});
