import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decide } from '../../src/api/chat/slack-decision.ts';
import { trustActivities } from '../../src/activities/records/index.ts';
import { createSigner, type Sign } from '../../src/config/decision-key.ts';
import { loadEnvironment, type Environment } from '../../src/config/environment.ts';
import { refusalFrom } from '../../src/runs/problem.ts';
import type { CommandAnswer, CommandOf, Unsigned, Verb } from '../../src/workflows/messages.ts';
import { fakeTools } from './fake-tools.ts';
import { benchFor, people, type TestRun } from './harness.ts';

describe('what people say to a run', function () {
  this.timeout(30_000);
  let range: Environment;
  let home: string;
  let sign: Sign;
  const homeBefore = process.env['MUSTER_HOME'];
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-signed-'));
    process.env['MUSTER_HOME'] = home;
    range = { ...(await loadEnvironment('environments/range.yaml')), name: 'test' };
    ({ sign } = createSigner(range));
  });
  after(async () => {
    if (homeBefore === undefined) delete process.env['MUSTER_HOME'];
    else process.env['MUSTER_HOME'] = homeBefore;
    await rm(home, { recursive: true });
  });
  let unsigned: Unsigned = 'undoable';
  const bench = benchFor(fileURLToPath(new URL('./runbooks.ts', import.meta.url)), () => {
    const made = fakeTools();
    const environment = { ...range, failover: range?.failover, decisions: { unsigned } };
    const trust = trustActivities({ ...environment, people: people.map((person) => ({ ...person, tokens: [] })) });
    return { ...made, activities: { ...made.activities, ...trust } };
  });
  const play = (policy: Unsigned, workflow: string, test: (run: TestRun) => Promise<void>) => {
    unsigned = policy;
    return bench.run(workflow, test);
  };
  const signed = <V extends Verb>(run: TestRun, verb: V, command: CommandOf[V]): CommandOf[V] => {
    const said = { id: randomUUID(), ...command };
    return { ...said, proof: sign({ environment: 'test', to: run.handle.workflowId, what: verb, command: said }) };
  };
  const say = <V extends Verb>(run: TestRun, verb: V, command: CommandOf[V]) => run.handle.executeUpdate(verb, { args: [command] });
  const refusedAs = (type: string) => (error: Error & { cause?: { type?: string } }) => error.cause?.type === type;
  const decisions = async (run: TestRun) =>
    (await run.view()).gates.flatMap((gate) => gate.decisions.map(({ by, channel }) => [by, channel]));

  it('came by the channel that was signed, and by Temporal when nobody signed it, whatever it says of itself', async () => {
    await play('allow', 'gated', async (run) => {
      const gate = await run.gate();
      await run.handle.signal('approve', { ...gate, by: 'ben', channel: 'api' });
      await run.seen('his approval', ({ gates }) => gates[0]!.decisions.length === 1);
      await say(run, 'approve', signed(run, 'approve', { ...gate, by: 'ana', channel: 'console' }));
      await run.seen('its end', ({ state }) => state === 'completed');
      assert.deepEqual(await decisions(run), [
        ['ben', 'temporal'],
        ['ana', 'console'],
      ]);
    });
  });

  it('decides about what cannot be undone only when it is signed, for this run and just as it stands', async () => {
    await play('undoable', 'crosses', async (run) => {
      const gate = { ...(await run.gate()), by: 'ana', channel: 'api' as const };
      const good = signed(run, 'approve', gate);
      const elsewhere = {
        ...good,
        proof: sign({ environment: 'test', to: 'another', what: 'approve', command: { ...gate, id: good.id } }),
      };
      for (const forged of [gate, { ...good, by: 'ben' }, { ...good, channel: 'console' as const }, elsewhere, { ...good, proof: null }])
        await assert.rejects(
          say(run, 'approve', { ...forged, id: randomUUID() } as typeof good),
          refusedAs('NotSigned'),
          JSON.stringify(forged),
        );
      await run.handle.signal('approve', gate);
      const refused = await run.seen('the refusal of a signal', ({ timeline }) =>
        timeline.some(({ text }) => text.startsWith('Refused approve')),
      );
      assert.deepEqual([refused.state, await decisions(run)], ['pendingApproval', []]);
      await say(run, 'approve', good);
      // A repeat is the same decision.
      await run.handle.signal('approve', good);
      await run.seen('its end', ({ state }) => state === 'completed');
      assert.deepEqual(await decisions(run), [['ana', 'api']]);
    });
  });

  it('may come from a button in Slack, and is judged like anything else', async () => {
    await play('undoable', 'crosses', async (run) => {
      const everybody = people.map((person) => ({ ...person, tokens: [], slack: `U0${person.subject.toUpperCase()}` }));
      const runs = {
        command: async <V extends Verb>(_runId: string, verb: V, command: CommandOf[V]) => {
          try {
            return { applied: true, answer: (await say(run, verb, signed(run, verb, command))) as CommandAnswer };
          } catch (error) {
            throw refusalFrom(error) ?? error;
          }
        },
        view: () => run.view(),
      };
      const gate = await run.gate();
      let count = 0;
      const press = (user: string, more: object = {}) =>
        decide({ environment: { ...range, people: everybody }, runs }, user, {
          ...{ run: run.handle.workflowId, ...gate, verb: 'approve', press: String((count += 1)) },
          ...more,
        });
      for (const [user, why] of [
        ['U0SAM', /sam asked for this run and cannot approve it/],
        ['U0KIM', /kim is not/],
        ['U0VIC', /needs the role approver/],
        ['U0NOBODY', /nobody in .* has your account/],
      ] as const)
        assert.match((await press(user)).answer!, why);
      assert.match((await press('U0ANA', { digest: 'f'.repeat(64) })).answer!, /the facts have changed/);
      assert.deepEqual(await decisions(run), []);
      const { answer, message } = await press('U0ANA');
      assert.equal(answer, undefined);
      assert.match(message!.text, /ana approved at .* \(slack\)/);
      await run.seen('its end', ({ state }) => state === 'completed');
      assert.deepEqual(await decisions(run), [['ana', 'slack']]);
    });
  });

  it('may be a plain signal where what follows can be undone, or nothing follows', async () => {
    await play('undoable', 'gated', async (run) => {
      await run.handle.signal('note', { by: 'sam', text: 'I look' });
      await run.handle.signal('decline', { ...(await run.gate()), by: 'ana' });
      await run.seen('its end', ({ state }) => state === 'canceled');
      assert.deepEqual(await decisions(run), [['ana', 'temporal']]);
    });
  });

  it('counts for nothing unsigned where the environment refuses that', async () => {
    await play('refuse', 'gated', async (run) => {
      const gate = await run.gate();
      await assert.rejects(say(run, 'note', { by: 'sam', text: 'I look' }), refusedAs('NotSigned'));
      await assert.rejects(say(run, 'abort', { by: 'sam', how: 'undo' }), refusedAs('NotSigned'));
      await say(run, 'decline', signed(run, 'decline', { ...gate, by: 'ana', channel: 'cli' }));
      await run.seen('its end', ({ state }) => state === 'canceled');
      assert.deepEqual(await decisions(run), [['ana', 'cli']]);
    });
  });

  it('is checked like anything else when it is signed', async () => {
    await play('refuse', 'gated', async (run) => {
      const gate = await run.gate();
      await assert.rejects(say(run, 'approve', signed(run, 'approve', { ...gate, by: 'sam', channel: 'api' })), refusedAs('OwnRequest'));
      const both = ['1', '2'].map(() => say(run, 'approve', signed(run, 'approve', { ...gate, by: 'ana', channel: 'api' })));
      const settled = await Promise.allSettled(both);
      assert.deepEqual(settled.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      assert.deepEqual(await decisions(run), [['ana', 'api']]);
    });
  });
});
