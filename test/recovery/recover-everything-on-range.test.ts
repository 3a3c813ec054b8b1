import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import { practiceEstate } from './estate.ts';

describe('the full recovery of the practice range', function () {
  this.timeout(240_000);
  const estate = practiceEstate();
  const input = { service: 'shop', from: 'east', to: 'west', planned: true, restore: true };
  const asked = { runbook: 'recover-everything', reason: 'the fourth Friday', input };

  /** Approves what the run and the runs that it started ask, until it ends. */
  const toTheEnd = (runId: string): Promise<RunView> =>
    eventually(
      'the end of everything',
      async () => {
        const view = await estate.view(runId);
        for (const { child, state } of view.steps) if (child && state === 'running') await approve(child);
        return view;
      },
      ({ state }) => finalStates.includes(state),
      200_000,
      300,
    );
  async function approve(runId: string): Promise<void> {
    const view = await estate.view(runId).catch(() => undefined);
    const gate = view?.gates.find(({ state }) => state === 'open');
    if (gate) await Promise.all(['ana', 'ben'].map((by) => estate.signal(by, runId, 'approve', { gate: gate.id, digest: gate.digest })));
  }

  it('changes nothing in a dry run, and tells what each part would do', async () => {
    const before = await estate.changes();
    const { body } = await estate.start('sam', { ...asked, mode: 'simulate' });
    const view = await toTheEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.equal(await estate.changes(), before);
    const children = await Promise.all(view.steps.flatMap(({ child }) => (child ? [estate.view(child)] : [])));
    assert.equal(children.length, 2);
    for (const child of children)
      assert.ok(
        child.steps.some(({ predicted }) => predicted.length > 0),
        child.title,
      );
  });

  it('moves the region, restores the database there and passes every line of the checklist', async () => {
    const { body } = await estate.start('sam', asked);
    const view = await toTheEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.equal((view.measures['validation'] as { passed: string[] }).passed.length, 8);
    assert.deepEqual(
      view.steps.flatMap(({ child, state }) => (child ? [state] : [])),
      ['completed', 'completed'],
    );
    const { regions, customers } = await estate.range.status();
    assert.deepEqual([regions.west.weight, regions.west.database], [100, 'primary']);
    assert.equal(customers.outage.over, true);
  });
});
