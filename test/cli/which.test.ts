import assert from 'node:assert/strict';
import { whichFolder, whichIncident, whichRun } from '../../src/cli/which.ts';
import { RefusedError } from '../../src/cli/exit.ts';
import type { RunSummary } from '../../src/runs/runs.ts';
import type { DeskView } from '../../src/workflows/incident/commands.ts';
import { run } from './support/views.ts';

const ids = ['fail-over-region-d94e1f2233445566', 'fail-over-region-d9a01f2233445566', 'service-down-20261121-061409-8c1e', 'run-1'];
const listed = ids.map((runId) => ({ runId, runbook: runId.split(/-(?=[0-9a-f]{16}|\d)/)[0]! }) as RunSummary);
const runs = {
  list: async (limit: number) => listed.slice(0, limit),
  view: async (runId: string) => {
    if (runId === 'drill-child-7') return run({ runId });
    throw new RefusedError('NotFound', `NotFound: there is no run ${runId}`, 3);
  },
};

describe('which run is meant', () => {
  it('is told by its id, its beginning, what follows its runbook, or latest', async () => {
    const meant: Record<string, string> = {
      ...Object.fromEntries(ids.map((id) => [id, id])),
      ...{ 'fail-over-region-d94': ids[0]!, d9a: ids[1]!, service: ids[2]!, '2026': ids[2]!, latest: ids[0]! },
      ...{ 'drill-child-7': 'drill-child-7' },
    };
    for (const [said, id] of Object.entries(meant)) assert.equal(await whichRun(runs, said), id, said);
  });

  it('is asked back with all that it may be', async () => {
    await assert.rejects(whichRun(runs, 'fail-over-region-d9'), {
      exitCode: 2,
      message: `fail-over-region-d9 may be any of 2 runs; say more of it:\n  ${ids[0]}\n  ${ids[1]}`,
    });
  });

  it('is refused when there is none, with the one that was meant or the newest', async () => {
    await assert.rejects(
      whichRun(runs, 'fail-over-regoin-d94e1f22334455'),
      /there is no run .*; did you mean fail-over-region-d94e1f2233445566\?/,
    );
    await assert.rejects(whichRun(runs, 'xyz'), { exitCode: 3, message: new RegExp(`there is no run xyz; the newest: ${ids[0]}, `) });
    await assert.rejects(whichRun({ ...runs, list: async () => [] }, 'latest'), /there are no runs yet/);
  });
});

describe('which incident is meant', () => {
  const some = (...numbers: string[]) => numbers.map((number) => ({ number }));
  const desk = { list: async () => ({ open: some('INC-2026-03-13-002'), ended: some('INC-2026-03-14-001') }) as DeskView };

  it('is told by its number, the beginning or the end of it, or latest: an open one before one that has ended', async () => {
    const meant = { 'inc-2026-03-10-001': 'INC-2026-03-10-001', '001': 'INC-2026-03-14-001', latest: 'INC-2026-03-13-002' };
    for (const [said, number] of Object.entries(meant)) assert.equal(await whichIncident(desk, said), number, said);
    await assert.rejects(whichIncident(desk, 'INC-2026-03'), /may be any of 2 incidents/);
    await assert.rejects(whichIncident(desk, 'INC-7'), /there is no incident INC-7 \(its number looks like INC-2026-03-14-001\)/);
  });
});

describe('which folder of the archive is meant', () => {
  it('is told as a run is', () => {
    assert.equal(whichFolder(ids, 'latest'), ids[0]);
    assert.equal(whichFolder(ids, 'run'), 'run-1');
    assert.equal(whichFolder(ids, '../run-1'), undefined);
  });
});
