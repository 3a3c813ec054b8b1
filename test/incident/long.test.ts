import assert from 'node:assert/strict';
import type { IncidentPolicy } from '../../src/workflows/incident/policy.ts';
import { incidentBench, policyOf } from './bench.ts';

const quarter = 15 * 60_000;
/** The range's policy with an update every 15 minutes, which people are reminded of 5 minutes before. */
function everyQuarter(): IncidentPolicy {
  const policy = structuredClone(policyOf('range'));
  const p0 = policy.severities.find(({ name }) => name === 'P0')!;
  p0.updates = { internal: { everyMs: quarter, remindBeforeMs: quarter / 3, sentBy: 'person', lateTo: [] }, customers: null };
  Object.assign(p0, { unacknowledged: [], unmitigated: [], resolveWithin: null, tell: [] });
  for (const role of policy.roles) role.requiredFor = [];
  return policy;
}

describe('an incident that lasts for 7 days', function () {
  this.timeout(240_000);
  const bench = incidentBench();

  it('reminds of 672 updates at their times, in runs of under 10,000 events, and loses nothing between them', async () => {
    const declaration = { title: 'Nobody can order', impact: 'No orders' };
    await bench.play(
      { policy: everyQuarter(), service: 'shop', severity: 'P0', declaration },
      async ({ pass, view, ask, world, seen, lengths: lengthsOf }) => {
        await ask('ana', 'acknowledge', {});
        await ask('ana', 'note', { text: 'the first note' });
        const { declaredAt } = (await view()).milestones;
        await pass('7 days');
        await pass('1 minute');
        await seen('all messages sent', ({ messages }) => messages.every(({ state }) => state === 'sent'));
        const end = await view();
        const reminders = world.inbox.filter(({ post }) => 'text' in post && /the update to the team is due at/.test(post.text));
        assert.equal(reminders.length, 672);
        const due = end.promises.internal.slice(0, 672).map(({ dueAt }) => Date.parse(dueAt) - Date.parse(declaredAt!));
        assert.deepEqual(
          due,
          Array.from({ length: 672 }, (_, index) => (index + 1) * quarter),
        );
        for (const [index, { post }] of reminders.entries()) {
          const at = new Date(Date.parse(declaredAt!) + (index + 1) * quarter).toISOString().slice(11, 16);
          assert.ok('text' in post && post.text.includes(`is due at ${at} UTC`), `reminder ${index + 1}`);
        }
        assert.deepEqual(end.kept.internal, { due: 672, kept: 0 });
        const lengths = await lengthsOf();
        assert.ok(lengths.length >= 2 && Math.max(...lengths) < 10_000, `runs of ${lengths.join(', ')} events`);
        assert.equal(end.timeline[0]!.id, 't1');
        assert.ok(end.timeline.some(({ text }) => text === 'the first note'));
        assert.deepEqual(
          end.timeline.map(({ id }) => id),
          end.timeline.map((_, index) => `t${index + 1}`),
        );
        const ids = [...world.kept, ...end.messages].map(({ id }) => id);
        assert.deepEqual(new Set(ids), new Set(Array.from({ length: end.nextIds.message - 1 }, (_, index) => `m${index + 1}`)));
        assert.equal(ids.length, end.nextIds.message - 1, 'every message is in the record or in the archive, once');
        assert.ok(JSON.stringify(end).length < 1_500_000, `${JSON.stringify(end).length} characters`);
      },
    );
  });
});
