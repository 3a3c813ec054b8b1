import assert from 'node:assert/strict';
import type { DeskView } from '../../src/workflows/incident/commands.ts';
import type { IncidentView } from '../../src/workflows/incident/view.ts';
import type { Fault } from '../../src/range/contract.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { debianTool } from './debian-tools.ts';
import { startMonitoring, type Monitoring } from './monitoring.ts';

describe('a real Prometheus and a real Alertmanager on the range', function () {
  const estate = practiceEstate();
  let monitoring: Monitoring | undefined;

  before(async function () {
    let programs;
    try {
      programs = {
        prometheus: await debianTool('prometheus'),
        alertmanager: await debianTool('prometheus-alertmanager', ['prometheus-alertmanager', 'alertmanager']),
      };
    } catch (error) {
      console.log(`    skipped: ${(error as Error).message}`);
      return this.skip();
    }
    const { addresses, variables } = estate.stack;
    monitoring = await startMonitoring({
      ...{ programs, control: addresses.control! },
      shops: { east: variables['MUSTER_RANGE_SHOP_EAST']!, west: variables['MUSTER_RANGE_SHOP_WEST']! },
      webhook: { url: new URL('/api/alerts', addresses.api).href, token: variables['MUSTER_RANGE_ALERTS_TOKEN']! },
    });
    await eventually('targets that answer', () => asked('up{job="range"} == 1 and on () up{region="east"} == 1'), Boolean);
  });
  after(() => monitoring?.stop());

  const asked = async (query: string) => {
    const answer = await fetch(`${monitoring!.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
    return ((await answer.json()) as { data: { result: unknown[] } }).data.result.length > 0;
  };
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(new URL(path, estate.stack.addresses.api), {
      headers: { Authorization: `Bearer ${estate.stack.tokens['vic']}` },
    });
    assert.equal(response.status, 200, path);
    return (await response.json()) as T;
  };
  const incident = (number: string) => get<IncidentView>(`/api/incidents/${number}`);

  /** Breaks the shop, waits for the one incident that comes of it, heals it, and waits until the incident says so. */
  const breakAndHeal = async (fault: Fault, title: RegExp): Promise<IncidentView> => {
    const before = await get<DeskView>('/api/incidents');
    const known = new Set([...before.open, ...before.ended].map(({ number }) => number));
    await estate.range.break(fault);
    const proposed = await eventually(
      'an incident',
      async () => (await get<DeskView>('/api/incidents')).open.filter(({ number }) => !known.has(number)),
      (fresh) => fresh.length > 0,
      60_000,
      500,
    );
    const { number } = proposed[0]!;
    const view = await incident(number);
    assert.match(view.title, title);
    assert.equal(view.state, 'proposed');
    assert.deepEqual(view.runs, [], 'an alert starts nothing');
    await estate.range.heal();
    await eventually(
      'the incident to say that its alerts are cleared',
      () => incident(number),
      ({ alerts, timeline }) => alerts.every(({ endsAt }) => endsAt !== undefined) && timeline.some(({ text }) => /cleared/.test(text)),
      60_000,
      500,
    );
    const { open } = await get<DeskView>('/api/incidents');
    assert.deepEqual(
      open.filter((one) => !known.has(one.number)).map((one) => one.number),
      [number],
      'one cause is one incident',
    );
    return view;
  };

  it('propose a failover when a region of the shop is lost, and say when it is back', async () => {
    const view = await breakAndHeal({ kind: 'crash-shop', region: 'east' }, /The shop in east does not answer/);
    assert.equal(view.severity, 'P0');
    assert.deepEqual(
      view.suggestions.map(({ runbook, input }) => ({ runbook, input })),
      [{ runbook: 'fail-over-region', input: { service: 'shop', from: 'east', to: 'west' } }],
    );
    assert.equal(await estate.changes(), 0, 'nothing was changed');
  });

  it('propose a rollback when a new release fails orders', async () => {
    await eventually('calm', () => asked('min_over_time(up{region="east"}[30s]) == 1'), Boolean, 60_000, 500);
    const view = await breakAndHeal({ kind: 'bad-release', region: 'east' }, /Of 100 orders \d+ fail/);
    assert.equal(view.suggestions[0]!.runbook, 'roll-back-deployment');
  });
});
