import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { incidentChangeActivities } from '../../src/activities/incident/changes.ts';
import { incidentLeftoverActivities } from '../../src/activities/incident/leftovers.ts';
import { createAws } from '../../src/activities/aws/client.ts';
import type { Environment } from '../../src/config/environment.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { searchAttributes } from '../../src/workflows/search-attributes.ts';
import { environmentOn, standInCluster } from './cluster.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep, type StepOptions } from './in-step.ts';
import { smallServer, smallServers, type SmallServer } from './small-server.ts';

const number = 'INC-2026-03-14-001';

/** A run as Temporal lists it, with what its view says. */
interface Listed {
  runId: string;
  runbook: string;
  open: boolean;
  startedAt: string;
  mode?: 'live' | 'simulate';
  incident?: string;
  plan?: unknown;
  measures?: RunView['measures'];
}

/** A Temporal client that lists these runs, whatever it is asked but whether they are open, their runbook and their incident. */
function clientWith(runs: readonly Listed[] | Error): { client: Client; queries: string[] } {
  const queries: string[] = [];
  async function* list({ query }: { query: string }) {
    queries.push(query);
    if (runs instanceof Error) throw runs;
    const asked = (name: string) => new RegExp(`${name} = '([^']*)'`).exec(query)?.[1];
    const fits = runs.filter(
      ({ runbook, incident, open }) =>
        (asked('MusterRunbook') ?? runbook) === runbook &&
        (asked('MusterIncident') ?? incident) === incident &&
        (open || asked('ExecutionStatus') === undefined),
    );
    for (const { runId, runbook, open, startedAt, mode = 'live', incident } of fits) {
      const attributes = new Map<unknown, unknown>([
        [searchAttributes.runbook, runbook],
        [searchAttributes.incident, incident],
      ]);
      yield {
        ...{ workflowId: runId, type: runbook, status: { name: open ? 'RUNNING' : 'COMPLETED' }, startTime: new Date(startedAt) },
        ...{ memo: { title: `Title of ${runId}`, mode }, typedSearchAttributes: attributes },
      };
    }
  }
  const getHandle = (id: string) => ({
    query: async () => {
      const run = runs instanceof Error ? undefined : runs.find(({ runId }) => runId === id);
      return { plan: run?.plan ?? {}, measures: run?.measures ?? {} };
    },
  });
  const plainly = (_limit: unknown, work: () => Promise<unknown>) => work();
  return { client: { withDeadline: plainly, withAbortSignal: plainly, workflow: { list, getHandle } } as unknown as Client, queries };
}

describe('what an incident leaves behind', () => {
  const server = smallServers();
  /** Regions whose delivery is paused, and switches at the edge that are on. */
  const paused = new Set<string>();
  const on = new Set<string>();
  let switches: SmallServer;
  let environment: Environment;

  before(async () => {
    switches = await smallServer(({ method, path, body }) => {
      const name = path.slice(1);
      if (method === 'PUT' && 'paused' in (body as object)) {
        if ((body as { paused: boolean }).paused) paused.add(name);
        else paused.delete(name);
      }
      return { status: 200, body: { paused: paused.has(name), wanted: null, on: on.has(name), ...(name === 'limit' ? { value: 5 } : {}) } };
    });
    environment = environmentWith({
      ...{ DELIVERY: `${switches.url}/{region}`, DELIVERY_TOKEN: 'delivery-token', EDGE_TOKEN: 'edge-token' },
      ...{ EDGE: switches.url, MAINTENANCE_PAGE: `${switches.url}/maintenance`, RATE_LIMIT: `${switches.url}/limit` },
    });
    // Those two need a database and a cloud.
    delete environment.services['shop']!.mitigations!['read-only'];
    delete environment.services['shop']!.mitigations!['scaled-down-writers'];
  });
  after(() => switches.stop());
  beforeEach(() => {
    paused.clear();
    on.clear();
  });

  const find = async (runs: readonly Listed[] | Error, of = environment) => {
    const { client } = clientWith(runs);
    return (await inStep(incidentLeftoverActivities(of).findLeftovers, { number, services: ['shop', 'shop-background'] }, { client }))
      .result;
  };

  it('is nothing when nothing is on, nothing is held and no run is open', async () => {
    assert.deepEqual(
      await find([{ runId: 'done', runbook: 'fail-over-region', open: false, startedAt: '2026-03-14T09:00:00Z', incident: number }]),
      [],
    );
  });

  it('is every run of it that is open, but no dry run and none of another incident', async () => {
    const run = { runbook: 'fail-over-region', open: true, startedAt: '2026-03-14T09:00:00Z' };
    const found = await find([
      { ...run, runId: 'ours', incident: number },
      { ...run, runId: 'dry', incident: number, mode: 'simulate' },
      { ...run, runId: 'theirs', incident: 'INC-2026-03-14-002' },
    ]);
    assert.deepEqual(found, [{ kind: 'open-run', what: 'Title of ours (in progress)', runId: 'ours' }]);
  });

  it('is every measure that is on, read where it acts, with the newest run that answers for it', async () => {
    on.add('limit').add('maintenance');
    const run = { runbook: 'mitigate', open: true, plan: { service: 'shop', kind: 'rate-limit' } };
    const found = await find([
      { ...run, runId: 'older', startedAt: '2026-03-14T08:00:00Z' },
      { ...run, runId: 'newer', startedAt: '2026-03-14T09:00:00Z' },
    ]);
    assert.deepEqual(found, [
      { kind: 'mitigation', what: 'the maintenance page is on', service: 'shop' },
      { kind: 'mitigation', what: 'the rate limit is on at 5 a second', service: 'shop', runId: 'newer' },
    ]);
  });

  it('is every delivery on hold, with the run of Muster that holds it, or without when a person did', async () => {
    paused.add('east').add('west');
    const held = { plan: { service: 'shop', region: 'east' }, measures: { delivery: { held: true } } };
    const found = await find([
      { runId: 'rollback', runbook: 'roll-back-deployment', open: false, startedAt: '2026-03-14T09:00:00Z', ...held },
    ]);
    assert.deepEqual(found, [
      { kind: 'frozen-delivery', what: 'deliveries of shop to east: held by a run of Muster', service: 'shop', runId: 'rollback' },
      { kind: 'frozen-delivery', what: 'deliveries of shop to west: paused, and not known to be by a run of Muster', service: 'shop' },
    ]);
  });

  it('is also what could not be looked for', async () => {
    const { url } = await server(() => 'reset');
    const blind = structuredClone(environment);
    Object.assign(blind.services['shop']!, { delivery: { by: 'http', url, token: 'delivery-token' }, mitigations: {} });
    const found = await find(new Error('12 UNIMPLEMENTED: unknown method'), blind);
    assert.deepEqual(
      found.map(({ kind, what }) => [kind, what.replace(/: .*/, '')]),
      [
        ['frozen-delivery', 'deliveries of shop could not be looked for'],
        ['open-run', `open runs of ${number} could not be looked for`],
      ],
    );
  });

  describe('letting deliveries go on', () => {
    const unfreeze = (runs: readonly Listed[], options: StepOptions = {}) =>
      inStep(incidentLeftoverActivities(environment).unfreeze, { service: 'shop' }, { client: clientWith(runs).client, ...options });
    const rollback = (region: string, changes: Partial<Listed> = {}): Listed => ({
      ...{ runId: `rollback-${region}`, runbook: 'roll-back-deployment', open: false, startedAt: '2026-03-14T09:00:00Z' },
      ...{ plan: { service: 'shop', region }, measures: { delivery: { held: true } }, ...changes },
    });
    const puts = (evidence: readonly { kind: string }[]) => evidence.filter(({ kind }) => kind === 'change').length;

    it('lets go what ended runs of Muster hold, once, and finds it so the second time', async () => {
      paused.add('east').add('west');
      const runs = [rollback('east'), rollback('west')];
      const first = await unfreeze(runs);
      assert.deepEqual([first.result, puts(first.evidence), paused.size], [{ resumed: ['east', 'west'] }, 2, 0]);
      assert.deepEqual(
        first.predicted.map(({ call }) => call),
        [`PUT ${switches.url}/east`, `PUT ${switches.url}/west`],
      );
      const second = await unfreeze(runs);
      assert.deepEqual([second.result, puts(second.evidence)], [{ resumed: [] }, 0]);
    });

    it('leaves what a person has paused, and says so', async () => {
      paused.add('east');
      for (const runs of [[], [rollback('east', { measures: { delivery: { held: false } } })], [rollback('west')]]) {
        const { name, message } = await failureOf(unfreeze(runs));
        assert.deepEqual([name, paused.has('east')], ['RefusedBySafetyRule', true]);
        assert.match(message, /^no run of Muster holds deliveries of shop to east/);
      }
    });

    it('leaves what an open run holds: it is decided there', async () => {
      paused.add('east');
      const { name, message } = await failureOf(unfreeze([rollback('east', { open: true, measures: {} })]));
      assert.deepEqual([name, paused.has('east')], ['RefusedBySafetyRule', true]);
      assert.match(message, /^the run rollback-east is open and holds deliveries of shop to east/);
    });

    it('changes nothing in a dry run', async () => {
      paused.add('east');
      const { predicted } = await unfreeze([rollback('east')], { mode: 'simulate' });
      assert.deepEqual([predicted.length, paused.has('east')], [1, true]);
    });

    it('refuses a service that is only a name for people', async () => {
      const { name } = await failureOf(inStep(incidentLeftoverActivities(environment).unfreeze, { service: 'nothing' }));
      assert.equal(name, 'InvalidInput');
    });
  });
});

describe('what was changed lately', () => {
  const since = '2026-03-14T08:00:00.000Z';
  const server = smallServers();
  const changes = async (runs: readonly Listed[] | Error, service = 'nothing') => {
    // A cloud that is not there.
    const { url } = await server(() => ({ status: 403, body: '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>' }));
    const environment = environmentWith({ AWS_EAST: url, AWS_WEST: url, AWS_GLOBAL: url, AWS_SECRET: 'practice' });
    const { client, queries } = clientWith(runs);
    const { recentChanges } = incidentChangeActivities(environment, createAws(environment));
    return { found: (await inStep(recentChanges, { service, since }, { client })).result, queries };
  };

  it('is every run of Muster since then, newest first, but no dry run and not the one that asks', async () => {
    const { found, queries } = await changes([
      { runId: 'first', runbook: 'mitigate', open: false, startedAt: '2026-03-14T08:10:00.000Z' },
      { runId: 'second', runbook: 'fail-over-region', open: true, startedAt: '2026-03-14T08:20:00.000Z' },
      { runId: 'dry', runbook: 'fail-over-region', open: false, startedAt: '2026-03-14T08:30:00.000Z', mode: 'simulate' },
      { runId: 'run-1', runbook: 'service-down', open: true, startedAt: '2026-03-14T08:40:00.000Z' },
    ]);
    assert.deepEqual(found, [
      { at: '2026-03-14T08:20:00.000Z', what: 'Title of second (in progress)', source: 'run second' },
      { at: '2026-03-14T08:10:00.000Z', what: 'Title of first (completed)', source: 'run first' },
    ]);
    assert.match(queries[0]!, /StartTime >= '2026-03-14T08:00:00\.000Z'/);
    assert.match(queries[0]!, /MusterEnvironment = 'range'/);
  });

  it('is every release that was rolled out since then', async () => {
    const cluster = standInCluster();
    try {
      const { recentChanges } = incidentChangeActivities(environmentOn(cluster.manifests));
      const asked = { service: 'shop', since: '2026-11-20T00:00:00.000Z' };
      const { result } = await inStep(recentChanges, asked, { client: clientWith([]).client });
      assert.deepEqual(
        result.filter(({ source }) => source === 'rollouts of shop in east'),
        [
          {
            ...{ at: '2026-11-21T02:58:30.000Z', what: 'revision 7 (shop:1.5.0) was rolled out to east: Successful' },
            source: 'rollouts of shop in east',
          },
        ],
      );
    } finally {
      cluster.remove();
    }
  });

  it('says which source could not be read, and keeps the others', async () => {
    const { found } = await changes([{ runId: 'first', runbook: 'mitigate', open: false, startedAt: '2026-03-14T08:10:00.000Z' }], 'shop');
    assert.deepEqual(found.map(({ source }) => source).sort(), ['rollouts of shop in east', 'rollouts of shop in west', 'run first']);
    assert.ok(found.filter(({ source }) => source.startsWith('rollouts')).every(({ what }) => what.startsWith('could not be read: ')));
    const silent = await changes(new Error('no connection to Temporal'));
    assert.deepEqual(
      silent.found.map(({ source, what }) => [source, what]),
      [['runs of Muster', 'could not be read: Temporal could not be asked: no connection to Temporal']],
    );
  });
});
