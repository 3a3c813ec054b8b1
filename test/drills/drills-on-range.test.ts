import assert from 'node:assert/strict';
import { attend } from '../../src/cli/drill/attend.ts';
import { createApiClient } from '../../src/cli/api-client.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import type { DrillScore } from '../../src/workflows/plans/drill-plan.ts';
import { practiceEstate } from '../recovery/estate.ts';

/** The four exercises of the range's calendar, one after the other on one estate, which each must leave as it was. */
describe('an exercise on the practice range', function () {
  this.timeout(240_000);
  const estate = practiceEstate();

  /** Starts it, and lets two colleagues decide everything that it and its runs ask, until it ends. */
  async function practise(name: string): Promise<RunView> {
    const { status, body } = await estate.start('sam', { runbook: 'drill', mode: 'live', reason: 'a test', input: { name } });
    assert.equal(status, 201, JSON.stringify(body));
    const as = (subject: string) => createApiClient({ url: estate.stack.addresses.api, token: estate.stack.tokens[subject] });
    return attend(body.runId!, { as, asked: new AbortController().signal, hear: () => undefined });
  }
  const score = ({ measures }: RunView) => measures['drill'] as DrillScore;

  for (const name of ['database-failover', 'application-rollback', 'region-failover', 'full'])
    it(`passes unattended and leaves nothing behind: ${name}`, async () => {
      const view = await practise(name);
      assert.deepEqual([view.state, view.measures['residue']], ['completed', []], view.status);
      assert.deepEqual([score(view).passed, score(view).score], [true, 100]);
    });
});
