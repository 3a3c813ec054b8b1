import assert from 'node:assert/strict';
import { createEdge } from '../../src/range/shop/edge.ts';
import { createEdgeSwitches, type EdgeSwitches } from '../../src/range/shop/edge-switches.ts';
import { createListener, type Listener } from '../../src/range/net/listener.ts';

describe("the edge's switches", () => {
  let region: Listener;
  let edge: Listener;
  let switches: EdgeSwitches;

  beforeEach(async () => {
    region = await createListener((_request, response) => void response.end('served'));
    switches = await createEdgeSwitches();
    edge = await createEdge(async () => [{ set: 'east', weight: 100, ttl: 1 }], { east: region.port, west: region.port }, switches);
    await Promise.all([region.open(), switches.open(), edge.open()]);
  });
  afterEach(() => Promise.all([edge.close(), switches.close(), region.close()]));

  const order = () => fetch(`${edge.url}/orders`, { method: 'POST' });
  const put = (name: 'maintenance-page' | 'rate-limit', body: object, token = switches.token) =>
    fetch(switches.urls[name], {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('turn every order away with a page that says when to come back, and let health checks pass', async () => {
    assert.equal((await put('maintenance-page', { on: true })).status, 200);
    const answer = await order();
    assert.deepEqual(
      [answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')],
      [503, '30', 'text/html; charset=utf-8'],
    );
    assert.equal((await fetch(`${edge.url}/health/ready`)).status, 200);
    await put('maintenance-page', { on: false });
    assert.equal((await order()).status, 200);
  });

  it('let so many orders through in a second as they say', async () => {
    await put('rate-limit', { on: true, value: 3 });
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await order()).status));
    assert.deepEqual(statuses.sort(), [200, 200, 200, 429, 429, 429, 429, 429]);
    assert.equal((await order()).headers.get('retry-after'), '1');
  });

  it('are turned by nobody without the token, and refuse what makes no sense', async () => {
    assert.equal((await put('maintenance-page', { on: true }, 'guessed')).status, 401);
    assert.equal((await put('rate-limit', { on: true })).status, 400);
    assert.equal((await put('rate-limit', { on: true, value: -1 })).status, 400);
    assert.equal((await put('maintenance-page', { off: true })).status, 400);
    assert.equal((await order()).status, 200);
  });
});
