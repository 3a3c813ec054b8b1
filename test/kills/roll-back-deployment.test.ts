import assert from 'node:assert/strict';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';

describe('a rollback while Muster dies again and again', function () {
  this.timeout(400_000);
  const estate = practiceEstate();

  const releases = async () => {
    const answers = Array.from({ length: 6 }, async () => {
      const answer = await fetch(`${estate.stack.variables['MUSTER_RANGE_SHOP_EAST']}/health`);
      return ((await answer.json()) as { release: string }).release.split('@')[0]!;
    });
    return [...new Set(await Promise.all(answers))].join();
  };

  /** Some changes take hardly longer than a look over the API: this asks Temporal itself, as often as it can. */
  async function killInEveryChange(runId: string): Promise<{ view: RunView; killed: string[] }> {
    const killed = new Set<string>();
    const handle = estate.client.workflow.getHandle(runId);
    let mended = false;
    let askedAt = 0;
    const view = await eventually(
      'the end of a run whose worker dies again and again',
      async () => {
        const seen = await handle.query<RunView>('view').catch(() => undefined);
        if (!seen) return undefined;
        const step = seen.steps.find(({ title, kind, state }) => kind === 'step' && state === 'running' && !killed.has(title));
        if (step && !/^(Check|Wait)/.test(step.title)) {
          killed.add(step.title);
          await estate.stack.worker.kill();
          await estate.stack.worker.start();
        }
        // The repository is mended before anybody lets the deliveries go on, or the robot would bring the bad release back.
        if (!mended && seen.phase === 'Roll back') {
          await estate.range.heal({ kind: 'bad-release' });
          mended = true;
        }
        const gate = seen.gates.find(({ state }) => state === 'open');
        if (gate && Date.now() > askedAt + 500) {
          askedAt = Date.now();
          const approve = (by: string) =>
            estate.signal(by, runId, 'approve', { gate: gate.id, digest: gate.digest }).catch(() => undefined);
          // Not awaited, because what follows an approval is done before its answer is here.
          void Promise.all(['ana', 'ben'].map(approve));
        }
        return seen;
      },
      (seen) => seen !== undefined && (finalStates.includes(seen.state) || seen.state === 'pausedByFailedStep'),
      150_000,
      5,
    );
    return { view: view!, killed: [...killed] };
  }

  it('holds, rolls out and lets go once, although the worker is killed inside every change', async () => {
    await estate.range.break({ kind: 'bad-release', region: 'east' });
    await eventually('the bad release', releases, (names) => names === 'shop:1.5.0', 60_000);
    const { failed } = (await estate.range.status()).customers;
    await eventually(
      'orders that fail',
      () => estate.range.status(),
      ({ customers }) => customers.failed > failed,
    );
    // Nobody hears the answer: the worker dies when the rollout has begun and before it knows.
    await estate.range.break({ kind: 'aws', how: 'stall', when: 'after', action: 'StartInstanceRefresh', ms: 5_000 });
    const input = { service: 'shop', region: 'east' };
    const { status, body } = await estate.start('sam', { runbook: 'roll-back-deployment', reason: 'a test', input });
    assert.equal(status, 201, JSON.stringify(body));
    const { view, killed } = await killInEveryChange(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    // The rollout is always met in its act; the others take so little time that one may be missed on a busy machine.
    assert.ok(killed.some((title) => title.startsWith('Roll east back')) && killed.length >= 3, killed.join('; '));
    assert.deepEqual([await estate.changes('StartInstanceRefresh'), await estate.changes('CancelInstanceRefresh')], [1, 0]);
    assert.equal(await releases(), 'shop:1.4.0');
    const delivery = view.measures['delivery'] as { held: boolean };
    assert.equal(delivery.held, false);
  });
});
