import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archivedPractice } from '../../src/activities/readiness/practices.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import { writeArchive } from '../../src/report/archive-folder.ts';
import { thisBuild } from '../../src/report/build.ts';
import { buildReport } from '../../src/report/report.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { run } from '../cli/support/views.ts';

describe('the last practice by the archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-practices-'));
  after(() => rmSync(folder, { recursive: true }));
  const kept = async (runId: string, more: Partial<RunView>) => {
    const view = run({ runId, environment: 'range', mode: 'live', state: 'completed', endedAt: '2026-11-21T06:10:00.000Z', ...more });
    await writeArchive(folder, runId, buildReport(view, { build: thisBuild() }));
  };

  it('is the newest live run of the runbook here that was completed; dry runs, other ends and broken packs do not count', async () => {
    const environment = { ...(await loadEnvironment('environments/range.yaml')), archive: { folder } };
    const practice = () => archivedPractice(environment, 'fail-over-region');
    assert.equal(await practice(), undefined);
    await kept('fail-over-region-1', {});
    await kept('fail-over-region-2', { mode: 'simulate' });
    await kept('fail-over-region-3', { state: 'compensated' });
    await kept('fail-over-region-4', { environment: 'elsewhere' });
    await kept('restore-from-snapshot-5', {});
    await kept('fail-over-region-6', {});
    writeFileSync(join(folder, 'fail-over-region-6', 'report.json'), '{}');
    assert.deepEqual(await practice(), { runId: 'fail-over-region-1', at: '2026-11-21T06:10:00.000Z', code: null });
  });
});
