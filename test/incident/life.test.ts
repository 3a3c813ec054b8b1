import assert from 'node:assert/strict';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import { sinkNames, type Post } from '../../src/workflows/incident/messages.ts';
import type { IncidentView } from '../../src/workflows/incident/view.ts';
import { incidentBench, policyOf, type Played } from './bench.ts';

const policy = policyOf('range');
const declared = { policy, service: 'shop', severity: 'P0', declaration: { title: 'Nobody can order', impact: 'No orders' } };
const firing = (fingerprint: string, startsAt: string, more: Partial<AlertFact> = {}): AlertFact => ({
  ...{ fingerprint, rule: 'region-lost', cause: 'region-lost east', status: 'firing', startsAt, service: 'shop', severity: 'P0' },
  ...{ summary: 'The shop does not answer in east', suggests: { runbook: 'fail-over-region', input: {}, why: 'a region is gone' } },
  ...more,
});
const staff = async ({ ask }: Played) => {
  await ask('ana', 'acknowledge', {});
  for (const [role, subject] of Object.entries({ operations: 'ben', communications: 'sam', scribe: 'sam' })) {
    await ask('ana', 'role', { role, subject });
  }
};

describe('an incident', function () {
  this.timeout(60_000);
  const bench = incidentBench();
  /** What helped: a failover that Ana had started a minute ago. */
  const failedOver = async ({ run }: Played) =>
    run({
      ...{ runId: 'run-1', runbook: 'fail-over-region', title: 'Fail the shop over', mode: 'live', state: 'completed', status: 'is done' },
      ...{ startedAt: await bench.ago(1), endedAt: await bench.ago(0), startedBy: 'ana' },
    });

  it('opens its channel and pages, and climbs its ladder until somebody acknowledges', async () => {
    await bench.play(declared, async ({ pass, ask, seen, news }) => {
      await seen('its messages', ({ messages }) => messages.every(({ state }) => state === 'sent'));
      const first = news();
      assert.match(
        first.find((line) => line.startsWith('slack opens'))!,
        /^slack opens #incident-\d{4}-\d\d-\d\d-\d{4}$/,
      );
      assert.equal(first.filter((line) => line.startsWith('pagerduty trigger critical')).length, 1);
      await pass('5m');
      const climbed = (await seen('the ladder', () => true)).timeline.filter(({ text }) => text.startsWith('Escalated'));
      assert.deepEqual(
        climbed.map(({ text }) => text),
        ['Escalated to Engineering lead: nobody has acknowledged', 'Escalated to VP Engineering: nobody has acknowledged'],
      );
      const answer = await ask('ana', 'acknowledge', {});
      assert.deepEqual(answer, { state: 'acknowledged', status: 'is worked on; acknowledged by ana' });
      await pass('5m');
      const { timeline, roles } = await seen('no more rungs', () => true);
      assert.equal(timeline.filter(({ text }) => text.includes('nobody has acknowledged')).length, 2);
      assert.equal(roles['commander']!.subject, 'ana');
    });
  });

  it('starts the ladder anew when its severity rises, and tells the people of the new one', async () => {
    await bench.play({ ...declared, severity: 'P1' }, async ({ pass, ask, view, seen, news }) => {
      await ask('ana', 'acknowledge', {});
      await pass('1m');
      news();
      await ask('ben', 'severity', { severity: 'P0', reason: 'every region fails' });
      await seen('its messages', ({ messages }) => messages.every(({ state }) => state === 'sent'));
      assert.ok(
        news().some((line) => line.startsWith('slack #shop: P0')),
        'the owners, who are told of a P0 only',
      );
      await pass('3m');
      const { timeline, round } = await view();
      assert.ok(timeline.some(({ text }) => text === 'Escalated to Engineering lead: nobody has acknowledged'));
      assert.equal(round, 2);
      await ask('ana', 'acknowledge', {});
      await ask('ana', 'severity', { severity: 'P2', reason: 'only slow' });
      const low = await view();
      assert.deepEqual([low.severity, low.round, low.promises.customers.length], ['P2', 2, 0]);
    });
  });

  it('is proposed by alerts with a runbook to try, starts nothing, and is withdrawn when they clear by themselves', async () => {
    const alert = firing('f1', await bench.ago(3));
    await bench.play({ policy, service: 'shop', severity: 'P0', alerts: [alert] }, async ({ pass, alerts, view, seen, news }) => {
      await seen('its messages', ({ messages }) => messages.length > 0 && messages.every(({ state }) => state === 'sent'));
      assert.match(
        news().find((line) => line.startsWith('slack internal'))!,
        /^slack internal: Proposed by alerts: P0 INC-.*Suggested runbook: fail-over-region/s,
      );
      await alerts({ ...alert, status: 'resolved', endsAt: await bench.ago(0) });
      await alerts(alert);
      await pass('2m');
      const { state, status, alerts: episodes, runs } = await view();
      assert.deepEqual([state, episodes.length, runs.length], ['dismissed', 1, 0]);
      assert.match(status, /all of its alerts are cleared/);
    });
  });

  it('is declared by the policy when its alerts go on for as long as the rule says', async () => {
    const alert = firing('f1', await bench.ago(1), { declareAfterMs: 5 * 60_000 });
    await bench.play({ policy, service: 'shop', severity: 'P0', alerts: [alert] }, async ({ pass, view, seen }) => {
      await seen('its proposal', ({ state }) => state === 'proposed');
      await pass('5m');
      const { state, declaredBy } = await view();
      assert.deepEqual([state, declaredBy], ['declared', 'policy']);
    });
  });

  it('lives its whole life: mitigated, verified, watched, resolved, reviewed, and closed when its checklist is', async () => {
    await bench.play(declared, async (played) => {
      const { pass, ask, view, news, world, handle } = played;
      world.leftovers.push({ kind: 'frozen-delivery', what: 'deliveries of shop are on hold', service: 'shop' });
      await staff(played);
      await pass('4m');
      await ask('sam', 'update', { audience: 'customers', status: 'identified', nextSteps: 'We move to the other region.' });
      await ask('sam', 'update', { audience: 'internal', progress: 'The failover runs.' });
      await failedOver(played);
      await ask('ana', 'mitigate', { how: 'The other region serves.' });
      news();
      await ask('ana', 'resolve', { resolution: 'Failed over to west.', cause: 'Power was lost in east.' });
      await played.seen('the stability watch', ({ state }) => state === 'stabilizing');
      await pass('1m');
      const resolved = await view();
      assert.equal(resolved.state, 'resolved', resolved.status);
      assert.deepEqual(world.done, ['unfreeze shop']);
      assert.deepEqual(resolved.kept, { internal: { due: 1, kept: 1 }, customers: { due: 1, kept: 1 } });
      assert.ok(news().some((line) => /^statuspage resolved: Nobody can order: This is resolved/.test(line)));
      await assert.rejects(ask('ana', 'close', {}), (error: Error) => /cannot be closed before/.test(String(error.cause)));
      await ask('ana', 'say', { lessons: 'Practise it.' });
      await pass('25h');
      assert.ok(news().some((line) => line.includes('First look with everybody who helped is overdue')));
      await ask('ana', 'review', { review: 'first-look', notes: 'All were there.' });
      const due = new Date(Date.parse(resolved.milestones.resolvedAt!) + 3 * 24 * 3_600_000).toISOString();
      await ask('ana', 'action', { text: 'Add a second power line', owner: 'ben', dueAt: due });
      await ask('ana', 'close', {});
      await pass('3d');
      assert.equal(news().filter((line) => line.includes('action item "Add a second power line"')).length > 0, true);
      assert.equal((await view()).state, 'closed');
      await ask('ben', 'action', { done: 'a1' });
      await handle.result();
      assert.deepEqual(
        world.archived.map(({ state }) => state),
        ['resolved', 'closed'],
      );
    });
  });

  it('goes back to work when a line is bad or an alert fires again, and asks a person about what cannot be told', async () => {
    await bench.play(declared, async (played) => {
      const { ask, view, seen, world, alerts, pass } = played;
      await staff(played);
      world.verdicts['no order is damaged'] = { verdict: 'bad', detail: '3 orders have no lines' };
      await ask('ana', 'resolve', { resolution: 'restarted' });
      const bad = await seen('the verification', ({ state }) => state === 'acknowledged');
      assert.match(bad.status, /not resolved: no order is damaged: 3 orders/);
      world.verdicts['no order is damaged'] = { verdict: 'unknown', detail: 'the database does not answer' };
      await ask('ana', 'resolve', { resolution: 'repaired' });
      await seen('a question', ({ status }) => status.includes('waits for a person to attest: no order is damaged'));
      await assert.rejects(ask('ben', 'attest', { line: 'metrics flow', good: true, note: 'fine' }));
      await ask('ben', 'attest', { line: 'no order is damaged', good: true, note: 'counted by hand' });
      assert.equal((await view()).state, 'stabilizing');
      world.verdicts['the shop is ready'] = { verdict: 'unknown', detail: 'no answer' };
      await pass('20s');
      const asked = await view();
      assert.deepEqual([asked.state, asked.stability!.asks], ['stabilizing', 'the shop is ready']);
      delete world.verdicts['the shop is ready'];
      await ask('ben', 'attest', { line: 'the shop is ready', good: true, note: 'I ordered one' });
      await alerts(firing('f9', await bench.ago(0)));
      const again = await seen('the alert', ({ state }) => state === 'acknowledged');
      assert.match(again.status, /an alert fires again/);
    });
  });

  it('refuses what there is not and what is not possible now, and repeats harm nothing', async () => {
    await bench.play(declared, async ({ ask, view, handle }) => {
      const refused = (error: Error) => String((error.cause as Error)?.message);
      await assert.rejects(ask('ana', 'role', { role: 'king', subject: 'ana' }), (error: Error) =>
        /no role king; there is: commander/.test(refused(error)),
      );
      await assert.rejects(ask('ana', 'close', {}), (error: Error) =>
        /close is not possible: the incident is declared/.test(refused(error)),
      );
      await assert.rejects(ask('ana', 'severity', { severity: 'P9', reason: 'x' }), (error: Error) =>
        /there is: P0, P1, P2, P3/.test(refused(error)),
      );
      const note = { by: 'ana', id: 'same', command: 'note', with: { text: 'once' } };
      await handle.executeUpdate('ask', { args: [note] });
      await handle.executeUpdate('ask', { args: [note] });
      const { timeline } = await view();
      assert.equal(timeline.filter(({ text }) => text === 'once').length, 1);
      await ask('ben', 'note', { text: 'that was me', on: timeline[0]!.id });
      assert.equal((await view()).timeline.at(-1)!.on, 't1');
    });
  });

  it('catches up with every sink that was down: once, in order, and marked late', async () => {
    await bench.play(declared, async (played) => {
      const { ask, pass, seen, news, world } = played;
      for (const sink of sinkNames) world.down.add(sink);
      await staff(played);
      await pass('10m');
      await ask('sam', 'update', { audience: 'internal' });
      await ask('sam', 'update', { audience: 'customers' });
      await pass('50m');
      assert.deepEqual(news(), []);
      world.down.clear();
      await pass('6m');
      const { messages, state } = await seen('everything caught up', ({ messages: all }) => all.every((one) => one.state === 'sent'));
      assert.equal(state, 'acknowledged');
      assert.deepEqual(world.inbox.map(({ post }) => post).length, messages.length, 'each of them once');
      const receiver = (post: Post) => [post.sink, ...('channel' in post ? [post.channel] : 'to' in post ? [post.to] : [])].join(' ');
      const byReceiver = (posts: Post[]) =>
        [...new Set(posts.map(receiver))].sort().map((one) => posts.filter((post) => receiver(post) === one));
      assert.deepEqual(byReceiver(world.inbox.map(({ post }) => post)), byReceiver(messages.map(({ post }) => post)), 'in order');
      const before = messages.filter(({ dueAt, sentAt }) => Date.parse(sentAt!) - Date.parse(dueAt) > 60_000);
      assert.ok(before.length > 20 && before.every(({ late }) => late === true));
      assert.equal(world.inbox.filter(({ late }) => late).length, before.length);
    });
  });

  for (const [broken, said] of Object.entries({
    findLeftovers: 'What is left over could not be read: findLeftovers fails',
    collectIncident: 'The evidence could not be written: collectIncident fails',
    archiveIncident: 'The report could not be written: archiveIncident fails',
  })) {
    it(`clears up what it can once it is resolved, and says what it cannot: ${broken}`, async () => {
      await bench.play(declared, async (played) => {
        const { ask, pass, seen, world } = played;
        world.leftovers.push({ kind: 'frozen-delivery', what: 'deliveries of shop are on hold', service: 'shop' });
        world.broken.add(broken);
        await staff(played);
        await failedOver(played);
        await ask('ana', 'resolve', { resolution: 'Failed over to west.' });
        await seen('the stability watch', ({ state }) => state === 'stabilizing');
        await pass('1m');
        const over = ({ archive, timeline }: IncidentView) =>
          timeline.some(({ text }) => text === said) && (broken === 'archiveIncident' || archive?.report !== undefined);
        const { archive, timeline } = await seen('the end of it', over);
        assert.equal(timeline.filter(({ text }) => /could not be/.test(text)).length, 1);
        const worked = { findLeftovers: world.done.length, collectIncident: archive?.bundle, archiveIncident: archive?.report };
        assert.deepEqual(
          Object.entries(worked).flatMap(([name, result]) => (result ? [] : [name])),
          [broken],
        );
      });
    });
  }

  it('gives up what no sink has taken a day after it was over, and says so', async () => {
    await bench.play(declared, async ({ ask, seen, view, handle, world }) => {
      await seen('its messages', ({ messages }) => messages.every(({ state }) => state === 'sent'));
      world.down.add('pagerduty');
      await ask('ana', 'dismiss', { reason: 'a test of the alarm' });
      await handle.result();
      const { messages, timeline } = await view();
      const last = messages.filter(({ post }) => post.sink === 'pagerduty').at(-1)!;
      assert.deepEqual([last.state, messages.some(({ state }) => state === 'waiting')], ['givenUp', false]);
      const said = `"${last.about}" is given up; pagerduty did not take it: pagerduty refuses connections`;
      assert.ok(timeline.some(({ text }) => text === said));
    });
  });

  it('says DRILL in every message of a drill', async () => {
    await bench.play({ ...declared, declaration: { ...declared.declaration, drill: true } }, async (played) => {
      await staff(played);
      await played.pass('20m');
      const lines = played.news();
      assert.ok(lines.length > 20);
      assert.deepEqual(
        lines.filter((line) => !line.includes('DRILL') && !line.startsWith('slack opens')),
        [],
      );
    });
  });
});
