import assert from 'node:assert/strict';
import type { RegionName } from '../../src/range/contract.ts';
import { createEdge, regionHeader, type ShopRecord } from '../../src/range/shop/edge.ts';
import { createListener, type Listener } from '../../src/range/net/listener.ts';
import { createWeightedTurns } from '../../src/range/shop/weighted-turns.ts';
import { eventually } from '../eventually.ts';

const weights = (east: number, west: number, ttl = 0): ShopRecord[] => [
  { set: 'east', weight: east, ttl },
  { set: 'west', weight: west, ttl },
];

describe('the edge', () => {
  let regions: Record<RegionName, Listener>;
  let edge: Listener;
  let lookUp: () => Promise<ShopRecord[]>;

  beforeEach(async () => {
    const region = (name: RegionName) => createListener((_request, response) => void response.end(name));
    regions = { east: await region('east'), west: await region('west') };
    lookUp = async () => weights(100, 0);
    edge = await createEdge(() => lookUp(), { east: regions.east.port, west: regions.west.port });
    await Promise.all([regions.east.open(), regions.west.open(), edge.open()]);
  });
  afterEach(() => Promise.all([edge.close(), regions.east.close(), regions.west.close()]));

  const visit = async () => (await fetch(edge.url)).text();
  const visits = async (count: number) => {
    const seen: Record<string, number> = {};
    for (let visited = 0; visited < count; visited += 1) {
      const region = await visit();
      seen[region] = (seen[region] ?? 0) + 1;
    }
    return seen;
  };

  it('sends customers where the weights say', async () => {
    assert.deepEqual(await visits(5), { east: 5 });
    lookUp = async () => weights(66, 34);
    assert.deepEqual(await visits(100), { east: 66, west: 34 });
    lookUp = async () => weights(0, 100);
    assert.deepEqual(await visits(5), { west: 5 });
  });

  it('keeps an answer for its TTL', async () => {
    lookUp = async () => weights(100, 0, 1);
    await visit();
    const knownAt = Date.now();
    lookUp = async () => weights(0, 100, 1);
    assert.equal(await visit(), 'east');
    await eventually('the new record', visit, (region) => region === 'west', 3_000);
    assert.ok(Date.now() - knownAt >= 950, `it forgot the answer after ${Date.now() - knownAt} ms`);
  });

  it('keeps to the last answer while the name cannot be looked up', async () => {
    await visit();
    lookUp = () => Promise.reject(new Error('no name server'));
    assert.equal(await visit(), 'east');
  });

  it('answers 502 and names the region when the region is not there', async () => {
    await regions.east.close();
    const answer = await fetch(edge.url);
    assert.deepEqual([answer.status, answer.headers.get(regionHeader)], [502, 'east']);
    assert.match(await answer.text(), /ECONNREFUSED/);
    await regions.east.open();
    assert.equal(await visit(), 'east');
  });

  it('treats weights that are all 0 as equal, as Route 53 does', () => {
    const next = createWeightedTurns<string>();
    const none = new Map([
      ['east', 0],
      ['west', 0],
    ]);
    assert.deepEqual([1, 2, 3, 4].map(() => next(none)).sort(), ['east', 'east', 'west', 'west']);
    assert.equal(next(new Map()), undefined);
  });
});
