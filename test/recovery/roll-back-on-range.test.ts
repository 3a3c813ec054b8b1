import assert from 'node:assert/strict';
import pg from 'pg';
import { eventually } from '../eventually.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import { practiceEstate } from './estate.ts';

/** One story on one estate: a release fails half of the orders, and a delivery robot would bring it back again and again. */
describe('a bad release', function () {
  this.timeout(120_000);
  const estate = practiceEstate();

  const ask = (more: object = {}, mode = 'live') =>
    estate.start('sam', { runbook: 'roll-back-deployment', mode, reason: 'a test', input: { service: 'shop', region: 'east', ...more } });
  const started = async (more: object = {}, mode = 'live') => {
    const { status, body } = await ask(more, mode);
    assert.equal(status, 201, JSON.stringify(body));
    return body.runId!;
  };
  const ended = (runId: string) => estate.seen(runId, 'the end', ({ state }) => finalStates.includes(state), 90_000);
  const variable = (name: string) => estate.stack.variables[`MUSTER_RANGE_${name}`]!;
  /** Releases that instances in the east say they are, asked through the load balancer. */
  const running = async () => {
    const asked = Array.from({ length: 6 }, async () => {
      const answer = await fetch(`${variable('SHOP_EAST')}/health`);
      return ((await answer.json()) as { release: string }).release.split('@')[0]!;
    });
    return [...new Set(await Promise.all(asked))].sort();
  };
  const runs = (release: string, within = 20_000) =>
    eventually(`only ${release} to run`, running, (names) => names.join() === release, within);
  const failed = async () => (await estate.range.status()).customers.failed;
  const deliveries = async (paused?: boolean) => {
    const url = variable('DELIVERY').replace('{region}', 'east');
    const headers = { authorization: `Bearer ${variable('DELIVERY_TOKEN')}`, 'content-type': 'application/json' };
    const answer = await fetch(url, paused === undefined ? { headers } : { method: 'PUT', headers, body: JSON.stringify({ paused }) });
    return (await answer.json()) as { paused: boolean; wanted: string };
  };
  const decide = async (runId: string, how: 'approve' | 'decline') => {
    const { id: gate, digest } = await estate.openGate(runId);
    for (const by of how === 'approve' ? ['ana', 'ben'] : ['ana'])
      assert.equal((await estate.signal(by, runId, how, { gate, digest })).status, 200);
  };
  const outcome = ({ steps }: RunView, title: RegExp) => steps.find((step) => title.test(step.title))?.outcome;

  it('is not rolled back on bad input, nor when no rollout fits the onset, and nothing is called', async () => {
    const before = await estate.changes();
    const wrong: [object, string][] = [
      [{ region: 'north' }, '/input/region'],
      [{ service: 'nobody' }, '/input/service'],
      [{ to: '--to-revision=0' }, '/input/to'],
      [{ onset: 'yesterday' }, '/input/onset'],
    ];
    for (const [more, pointer] of wrong) {
      const { status, body } = await ask(more);
      assert.deepEqual([status, body.errors?.map((error) => error.pointer)], [422, [pointer]], JSON.stringify(body));
    }
    const runId = await started({ onset: new Date(Date.now() - 2 * 3_600_000).toISOString() });
    const paused = await estate.seen(runId, 'the refusal', ({ state }) => state === 'pausedByFailedStep');
    assert.match(paused.status, /a rollout of shop:1\.4\.0 .* is not the cause: rolled out at .* after the trouble began; look elsewhere/);
    assert.equal(paused.steps.at(-1)!.failure!.name, 'RefusedBySafetyRule');
    await estate.signal('sam', runId, 'abort', { how: 'undo', reason: 'look elsewhere' });
    await ended(runId);
    const unknown = await started({ to: '9.9.9' });
    const lost = await estate.seen(unknown, 'the refusal', ({ state }) => state === 'pausedByFailedStep');
    assert.match(lost.status, /no release is called 9\.9\.9; known: shop:1\.4\.0 .*; shop:1\.3\.0/);
    await estate.signal('sam', unknown, 'abort', { how: 'undo', reason: 'a test' });
    await ended(unknown);
    assert.equal(await estate.changes(), before);
  });

  it('takes the stronger approval when no rollout fits the onset and people insist', async () => {
    const runId = await started({ onset: new Date(Date.now() - 2 * 3_600_000).toISOString(), withoutCause: true });
    const gate = await estate.openGate(runId);
    assert.equal(gate.of, 'data-owner');
    assert.equal(gate.facts[0]!.name, 'a rollout can be the cause');
    assert.equal(gate.facts[0]!.verdict, 'bad');
    await decide(runId, 'decline');
    assert.equal((await ended(runId)).state, 'canceled');
    await runs('shop:1.4.0');
  });

  it('is seen by customers, and a dry run names every call and makes none', async () => {
    await estate.range.break({ kind: 'bad-release', region: 'east' });
    await runs('shop:1.5.0');
    const bad = await failed();
    await eventually('orders that fail', failed, (count) => count > bad + 5);
    const before = await estate.changes();
    const view = await ended(await started({}, 'simulate'));
    assert.equal(view.state, 'completed', view.status);
    assert.deepEqual([await estate.changes(), (await deliveries()).paused], [before, false]);
    const calls = view.steps.flatMap(({ predicted }) => predicted.map(({ call }) => call));
    assert.ok(calls.includes('autoscaling:StartInstanceRefresh'), calls.join());
    assert.ok(calls.some((call) => /^PUT .*\/east$/.test(call)));
    await runs('shop:1.5.0');
  });

  it('goes back to the pinned release on every instance, customers see no errors any more, and the robot stays held', async () => {
    const before = await estate.changes();
    const runId = await started();
    const { question, of, facts } = await estate.openGate(runId);
    assert.equal(question, 'Roll shop in east back from shop:1.5.0 to shop:1.4.0?');
    assert.equal(of, 'incident-commander', JSON.stringify(facts));
    await decide(runId, 'approve');
    const asks = await estate.seen(runId, 'the question about deliveries', ({ gates }) => gates.length === 2, 60_000);
    assert.deepEqual(await running(), ['shop:1.4.0']);
    assert.match(outcome(asks, /^Watch east/)!, /^24 of 24 readings good$/);
    assert.equal(asks.gates[1]!.question, 'Let deliveries to east go on?');
    assert.deepEqual([asks.gates[1]!.of, asks.gates[1]!.facts[0]!.verdict], ['data-owner', 'bad']);
    const quiet = await failed();
    await decide(runId, 'decline');
    const view = await ended(runId);
    assert.equal(view.state, 'completed', view.status);
    assert.equal(await estate.changes('StartInstanceRefresh'), 1);
    assert.ok((await estate.changes()) > before);
    assert.equal(await failed(), quiet, 'no order has failed since');
    const { wayForward, delivery } = view.measures as { wayForward: { leftBehind: string }; delivery: { held: boolean; owner: string } };
    assert.match(wayForward.leftBehind, /^shop:1\.5\.0 \(revision 3, sha256:/);
    assert.deepEqual([delivery.held, delivery.owner, (await deliveries()).paused], [true, 'sam', true]);
    assert.deepEqual(await running(), ['shop:1.4.0']);
  });

  it('is brought back by the robot the moment that nobody holds it: so the hold is what makes a rollback last', async () => {
    await deliveries(false);
    await runs('shop:1.5.0');
    await estate.range.heal({ kind: 'bad-release' });
    await runs('shop:1.4.0');
  });

  it('takes the stronger approval when a migration lies between and the schema does not work with the older code', async () => {
    const database = new pg.Client(variable('PG_EAST'));
    await database.connect();
    try {
      for (const [worksFrom, duty] of [
        [2, 'data-owner'],
        [1, 'incident-commander'],
      ] as const) {
        await database.query('INSERT INTO schema_migrations VALUES (2, $1) ON CONFLICT (version) DO UPDATE SET works_from = $1', [
          worksFrom,
        ]);
        const runId = await started({ to: '1.3.0', onset: new Date().toISOString() });
        const { of, facts } = await estate.openGate(runId);
        const schema = facts.find(({ name }) => name.startsWith('the database works'))!;
        assert.deepEqual([of, schema.verdict], [duty, worksFrom === 2 ? 'bad' : 'good']);
        assert.match(String(schema.value), /^the schema is at 2, the release is made for 1/);
        await decide(runId, 'decline');
        await ended(runId);
      }
    } finally {
      await database.query('DELETE FROM schema_migrations WHERE version = 2');
      await database.end();
    }
  });

  it('is undone to what ran before, with deliveries on again', async () => {
    const runId = await started({ to: '1.3.0', onset: new Date().toISOString() });
    await decide(runId, 'approve');
    await estate.seen(runId, 'the other release everywhere', ({ steps }) =>
      steps.some(({ title, state }) => title.startsWith('Check that every instance') && state === 'completed'),
    );
    await estate.signal('ben', runId, 'undo', { reason: 'a test' });
    const view = await ended(runId);
    assert.equal(view.state, 'compensated', view.status);
    await runs('shop:1.4.0');
    assert.equal((await deliveries()).paused, false);
  });
});
