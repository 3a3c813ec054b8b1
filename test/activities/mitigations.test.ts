import assert from 'node:assert/strict';
import { mitigationActivities, type AskedMitigation } from '../../src/activities/service/mitigations.ts';
import { createEdge } from '../../src/range/shop/edge.ts';
import { createEdgeSwitches, type EdgeSwitches } from '../../src/range/shop/edge-switches.ts';
import { createListener, type Listener } from '../../src/range/net/listener.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { smallServers } from './small-server.ts';

describe('mitigations at the edge', () => {
  let region: Listener;
  let edge: Listener;
  let switches: EdgeSwitches;
  let tools: ReturnType<typeof mitigationActivities>;

  beforeEach(async () => {
    region = await createListener((_request, response) => void response.writeHead(404).end());
    switches = await createEdgeSwitches();
    edge = await createEdge(async () => [{ set: 'east', weight: 100, ttl: 60 }], { east: region.port, west: region.port }, switches);
    await Promise.all([region.open(), switches.open(), edge.open()]);
    tools = mitigationActivities(environment());
  });
  afterEach(() => Promise.all([edge.close(), switches.close(), region.close()]));

  const environment = (maintenancePage = switches.urls['maintenance-page']) =>
    environmentWith({
      ...{ EDGE: edge.url, MAINTENANCE_PAGE: maintenancePage, RATE_LIMIT: switches.urls['rate-limit'], EDGE_TOKEN: switches.token },
      AWS_SECRET: 'practice',
    });
  const server = smallServers();
  const page: AskedMitigation = { service: 'shop', kind: 'maintenance-page' };
  const limit: AskedMitigation = { service: 'shop', kind: 'rate-limit', value: 5 };
  const puts = (evidence: readonly { call: string; kind: string }[]) => evidence.filter(({ kind }) => kind === 'change').length;

  it('are turned on once, seen by customers, turned off once, and seen no more', async () => {
    for (const asked of [page, limit]) {
      const applied = await inStep(tools.applyMitigation, asked);
      assert.deepEqual([applied.result, puts(applied.evidence)], [{ on: true }, 1]);
      assert.equal(
        (await inStep(tools.seeMitigation, { ...asked, on: true })).result,
        'customers are turned away and told when to come back',
      );
      assert.equal(puts((await inStep(tools.applyMitigation, asked)).evidence), 0, 'it is already so');
      assert.equal(puts((await inStep(tools.revertMitigation, asked)).evidence), 1);
      assert.equal(puts((await inStep(tools.revertMitigation, asked)).evidence), 0);
      assert.equal((await inStep(tools.seeMitigation, { ...asked, on: false })).result, 'customers are served');
    }
  });

  it('change a limit that is on already to the value that is asked for', async () => {
    await inStep(tools.applyMitigation, limit);
    const { evidence } = await inStep(tools.applyMitigation, { ...limit, value: 9 });
    assert.equal(puts(evidence), 1);
    const { result } = await inStep(tools.readMitigation, { ...limit, value: 9 });
    assert.deepEqual([result.value, result.detail], [9, 'the rate limit is on at 9 a second']);
  });

  it('say in a dry run what they would call, and call it not', async () => {
    const { predicted, evidence } = await inStep(tools.applyMitigation, limit, { mode: 'simulate' });
    assert.deepEqual(predicted, [{ call: `PUT ${switches.urls['rate-limit']}`, args: { on: true, value: 5 } }]);
    assert.equal(puts(evidence), 0);
    assert.equal((await inStep(tools.readMitigation, limit)).result.on, false);
  });

  it('do not believe a limit that is too high to be seen by our own requests', async () => {
    const high = { ...limit, value: 5_000 };
    await inStep(tools.applyMitigation, high);
    const { name, message } = await failureOf(inStep(tools.seeMitigation, { ...high, on: true }));
    assert.equal(name, 'Inconclusive');
    assert.match(message, /cannot tell: 200 requests of ours stay below the limit of 5000 a second/);
  });

  it('are turned once when the answer is lost after the switch was turned', async () => {
    let on = false;
    const { url, asked } = await server(({ method, body }) => {
      if (method !== 'PUT') return { status: 200, body: { on } };
      on = (body as { on: boolean }).on;
      return 'reset';
    });
    const { result } = await inStep(mitigationActivities(environment(url)).applyMitigation, page);
    assert.deepEqual([result, asked.filter(({ method }) => method === 'PUT').length], [{ on: true }, 1]);
  });

  it('are refused when the environment does not have them', async () => {
    const bare = environment();
    delete bare.services['shop']!.mitigations;
    const { name, message } = await failureOf(inStep(mitigationActivities(bare).readMitigation, page));
    assert.deepEqual([name, message], ['InvalidInput', 'the environment does not say how shop gets a maintenance-page']);
  });
});
