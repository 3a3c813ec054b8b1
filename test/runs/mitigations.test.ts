import assert from 'node:assert/strict';
import { listMitigations } from '../../src/runs/mitigations.ts';
import type { RunSummary } from '../../src/runs/runs.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { runView } from '../api/support/fake-runs.ts';

const record = { inForce: true, since: '2026-11-21T06:00:00.000Z', kept: 2, asksAt: '2026-11-21T07:00:00.000Z' };
const relief = (runId: string, hour: number, more: Partial<RunView> = {}, kind = 'rate-limit'): RunView =>
  runView({
    ...{ runId, runbook: 'mitigate', state: 'inProgress', status: 'works on: Leave it', startedAt: `2026-11-21T0${hour}:00:00.000Z` },
    ...{ plan: { service: 'shop', kind, value: 10, owner: 'sam' }, measures: { mitigation: record } },
    ...more,
  });

/** Runs of which the list is asked for twice: those that are open, and the newest of all. */
const runsOf = (views: RunView[]) => ({
  list: async (): Promise<RunSummary[]> =>
    views.map(({ runId, runbook, environment, mode, state, startedAt }) => ({ runId, runbook, environment, mode, state, startedAt })),
  view: async (runId: string) => views.find((view) => view.runId === runId)!,
});
const idsOf = async (views: RunView[]) => (await listMitigations(runsOf(views))).map(({ runId, left }) => `${runId}${left ? ' left' : ''}`);

describe('the list of mitigations', () => {
  it('says of each what, where, who, since when, and when people are asked', async () => {
    assert.deepEqual(await listMitigations(runsOf([relief('a', 6)])), [
      {
        ...{ runId: 'a', service: 'shop', kind: 'rate-limit', value: 10, owner: 'sam', reason: 'east is lost', since: record.since },
        ...{ kept: 2, state: 'inProgress', status: 'works on: Leave it', left: false, asksAt: record.asksAt },
      },
    ]);
  });

  it('leaves out what was taken back, what goes on in another run, and dry runs', async () => {
    const back = relief('back', 6, { state: 'completed', measures: { mitigation: { ...record, inForce: false } } }, 'read-only');
    const handed = relief('handed', 6, { state: 'handedOver', successor: 'next' });
    const next = relief('next', 7);
    const dry = relief('dry', 8, { mode: 'simulate' }, 'maintenance-page');
    assert.deepEqual(await idsOf([back, handed, next, dry]), ['next']);
  });

  it('shows what a run has left in force, until a later run has taken it over', async () => {
    const left = relief('left', 6, { state: 'canceled', status: 'ended by sam: looked after by hand' });
    const [shown] = await listMitigations(runsOf([left]));
    assert.deepEqual([shown!.left, shown!.asksAt, shown!.status], [true, null, 'ended by sam: looked after by hand']);
    const later = relief('later', 7, { state: 'completed', measures: { mitigation: { ...record, inForce: false } } });
    assert.deepEqual(await idsOf([left, later]), []);
    assert.deepEqual(await idsOf([left, relief('other', 7, {}, 'read-only')]), ['other', 'left left']);
  });
});
