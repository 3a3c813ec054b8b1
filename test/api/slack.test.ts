import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { slackSignature } from '../../src/api/chat/signatures.ts';
import type { Environment } from '../../src/config/environment.ts';
import { RunProblem } from '../../src/runs/problem.ts';
import type { GateView } from '../../src/workflows/messages.ts';
import { gateForSlack } from '../../src/words/gate-for-slack.ts';
import { eventually } from '../eventually.ts';
import { env, problemIn, startApi, testEnvironment, tokens, type Api, type Subject } from './support/api.ts';
import { runView } from './support/fake-runs.ts';
import { published } from './support/published.ts';
import { sendRaw, slackForm, slackSigned } from './support/signed.ts';

const path = '/api/slack/actions';
const secret = 'the-signing-secret-of-the-app';
const digest = 'd'.repeat(64);
const at = '2026-03-14T09:03:22.000Z';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const gate: GateView = {
  ...{ id: '4-decide', question: 'Fail over to west?', phase: 'Decide', of: 'incident-commander', quorum: 2, state: 'open', openedAt: at },
  ...{ round: 1, digest, decisions: [], escalations: [] },
  facts: [{ id: 'lag', name: 'Lag of the standby', kind: 'duration', value: 2_400, source: 'pg_stat_replication', at, verdict: 'good' }],
};

/** Takes the answers that Slack would show. */
class Answers {
  readonly taken: { response_type?: string; replace_original?: boolean; text: string; blocks?: object[] }[] = [];
  status = 200;
  server!: Server;
  base = '';
  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        this.taken.push(JSON.parse(body) as Answers['taken'][number]);
        response.writeHead(this.status).end('ok');
      });
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

describe('POST /api/slack/actions', () => {
  let api: Api;
  const answers = new Answers();
  const environmentWith = async (more: Partial<NonNullable<NonNullable<Environment['notify']['slack']>['decisions']>> = {}) => {
    const { people, notify, ...environment } = await testEnvironment();
    const decisions = { signingSecret: 'env:SLACK_SECRET', team: 'T1DC2JH3J', answers: answers.base, ...more };
    return {
      ...environment,
      people: people.map((one) => ({ ...one, slack: `U0${one.subject.toUpperCase()}` })),
      notify: { ...notify, slack: { ...notify.slack!, decisions } },
    };
  };
  const secrets = { ...env, SLACK_SECRET: secret, PUBLISHED: published.slack.secret, SHORT: 'short' };
  before(async () => {
    await answers.open();
    api = await startApi({ environment: await environmentWith(), env: secrets });
  });
  beforeEach(() => {
    answers.taken.length = 0;
    answers.status = 200;
    api.runs.commands.length = 0;
    api.runs.viewAnswer = async (runId) => runView({ runId, gates: [gate] });
    api.runs.commandAnswer = async () => ({ applied: true, answer: { state: 'inProgress', status: 'goes on' } });
  });
  after(async () => {
    await api?.close();
    answers.server.close();
  });

  let presses = 0;
  const press = (user: string, more: object = {}, act = 'muster-approve', value: object = { run: 'run-1', gate: gate.id, digest }) => ({
    ...{ type: 'block_actions', team: { id: 'T1DC2JH3J', domain: 'practice' }, user: { id: user, team_id: 'T1DC2JH3J' }, api_app_id: 'A1' },
    ...{ trigger_id: '1.2.3', response_url: `${answers.base}/actions/T1/2/3`, message: { text: 'It asks' } },
    actions: [{ type: 'button', action_id: act, block_id: 'b', value: JSON.stringify(value), action_ts: String(++presses) }],
    ...more,
  });
  const send = (payload: unknown, signed?: (body: string) => Record<string, string>) => {
    const body = slackForm(payload);
    return sendRaw(api, path, body, { ...form, ...(signed ?? ((text) => slackSigned(text, secret)))(body) });
  };
  const decided = async (payload: unknown) => {
    const response = await send(payload);
    assert.equal(response.status, 200);
    return response.text();
  };

  it('decides in the name of whoever pressed, by the channel slack, and puts who and when into the message', async () => {
    const approved = { decision: 'approve' as const, by: 'ana', at, digest, channel: 'slack' as const };
    api.runs.viewAnswer = async (runId) => runView({ runId, gates: [{ ...gate, decisions: [approved] }] });
    await decided(press('U0ANA'));
    const { id = '', ...command } = api.runs.commands[0]!.command;
    assert.deepEqual(command, { by: 'ana', gate: gate.id, digest, channel: 'slack' });
    assert.deepEqual([api.runs.commands[0]!.runId, api.runs.commands[0]!.verb, id.length], ['run-1', 'approve', 32]);
    const [message] = answers.taken;
    assert.deepEqual([answers.taken.length, message!.replace_original], [1, true]);
    assert.match(message!.text, /ana approved at 09:03:22Z \(slack\)\nWaits for 2 of incident-commander \(1 of 2\)/);
    assert.match(JSON.stringify(message!.blocks), /muster-approve/);
  });

  it('declines, and leaves no button on what is decided', async () => {
    const declined = { decision: 'decline' as const, by: 'ben', at, digest, channel: 'slack' as const };
    api.runs.viewAnswer = async (runId) => runView({ runId, gates: [{ ...gate, state: 'declined', decisions: [declined] }] });
    await decided(press('U0BEN', {}, 'muster-decline'));
    assert.equal(api.runs.commands[0]!.verb, 'decline');
    assert.match(answers.taken[0]!.text, /ben declined at .*\nIt is declined\./);
    assert.doesNotMatch(JSON.stringify(answers.taken[0]!.blocks), /muster-/);
  });

  it('says in a plain sentence, to that person only, why nothing is decided', async () => {
    const refusals: [string, RegExp][] = [
      ['U0NOBODY', /^Nothing is decided: nobody in .* has your account U0NOBODY/],
      ['U0SAM', /^Nothing is decided: that needs the role approver, and sam has responder\.$/],
      ['U0VIC', /needs the role approver/],
    ];
    for (const [user, sentence] of refusals) {
      answers.taken.length = 0;
      await decided(press(user));
      assert.deepEqual(
        [answers.taken.length, answers.taken[0]!.response_type, answers.taken[0]!.replace_original],
        [1, 'ephemeral', false],
      );
      assert.match(answers.taken[0]!.text, sentence);
    }
    assert.deepEqual(api.runs.commands, []);
  });

  for (const [code, status] of [
    ...[['NotEntitled', 403] as const, ['OwnRequest', 403] as const, ['AlreadyApproved', 409] as const, ['NotFound', 404] as const],
  ]) {
    it(`hands on the run's own words when it refuses as ${code}, and leaves the message as it is`, async () => {
      api.runs.commandAnswer = async () => {
        throw new RunProblem(status, code, 'the words of the run');
      };
      await decided(press('U0ANA'));
      assert.deepEqual(
        answers.taken.map(({ text }) => text),
        ['Nothing is decided: the words of the run'],
      );
    });
  }

  it('shows the new facts when they are others than those that were pressed on', async () => {
    const digestNow = 'e'.repeat(64);
    api.runs.viewAnswer = async (runId) => runView({ runId, gates: [{ ...gate, round: 2, digest: digestNow }] });
    api.runs.commandAnswer = async () => {
      throw new RunProblem(409, 'StaleDigest', 'the facts have changed since these were shown; look again');
    };
    await decided(press('U0ANA'));
    const [rewritten, said] = answers.taken;
    assert.match(JSON.stringify(rewritten!.blocks), new RegExp(digestNow));
    assert.deepEqual(
      [said!.response_type, said!.text],
      ['ephemeral', 'Nothing is decided: the facts have changed since these were shown; look again'],
    );
  });

  it('says when it is only recorded, and when nobody knows', async () => {
    api.runs.commandAnswer = async () => ({ applied: false });
    await decided(press('U0ANA'));
    api.runs.commandAnswer = async () => {
      throw new RunProblem(503, 'TemporalUnavailable', 'Temporal does not answer');
    };
    await decided(press('U0ANA'));
    api.runs.commandAnswer = async () => {
      throw new Error('a fault of ours with xoxb-secrets');
    };
    await decided(press('U0ANA'));
    const [recorded, unknown, fault] = answers.taken.map(({ text }) => text) as [string, string, string];
    assert.match(recorded, /^It is recorded, and takes effect/);
    assert.match(unknown, /^Nobody knows yet .*: Temporal does not answer$/);
    assert.match(fault, /^Nothing is known of what became of it/);
  });

  it('answers Slack within three seconds, also when the run takes longer, and says then what became of it', async () => {
    let go = (): void => undefined;
    const waits = new Promise<void>((resolve) => (go = resolve));
    api.runs.commandAnswer = async () => {
      await waits;
      return { applied: true };
    };
    const since = Date.now();
    await decided(press('U0ANA'));
    assert.ok(Date.now() - since < 3_000, `${Date.now() - since} ms`);
    assert.deepEqual(answers.taken, []);
    go();
    await eventually(
      'the message',
      async () => answers.taken.length,
      (count) => count === 1,
    );
  });

  it('sends answers to Slack only, and else says it in its own', async () => {
    for (const elsewhere of [
      'http://127.0.0.1:1/x',
      'https://hooks.slack.com.evil.example/x',
      'file:///etc/passwd',
      'nothing',
      undefined,
    ]) {
      const { response_type, text } = JSON.parse(await decided(press('U0NOBODY', { response_url: elsewhere }))) as Record<string, string>;
      assert.deepEqual([response_type, /^Nothing is decided/.test(text!)], ['ephemeral', true], elsewhere);
    }
    assert.deepEqual(answers.taken, []);
    answers.status = 500;
    assert.match(await decided(press('U0NOBODY')), /Nothing is decided/);
  });

  it('leaves alone what is no button of a gate', async () => {
    for (const other of [
      press('U0ANA', {}, 'another-button'),
      press('U0ANA', { type: 'view_submission' }),
      press('U0ANA', { actions: [] }),
    ])
      await decided(other);
    assert.deepEqual([api.runs.commands, answers.taken], [[], []]);
  });

  it('refuses people of another workspace, and whoever does not say of which', async () => {
    const foreign = [{ team: { id: 'T0OTHER' } }, { user: { id: 'U0ANA', team_id: 'T0OTHER' } }, { team: null, user: { id: 'U0ANA' } }];
    for (const more of foreign) assert.equal((await problemIn(await send(press('U0ANA', more)))).status, 403, JSON.stringify(more));
    assert.deepEqual(api.runs.commands, []);
  });

  it('refuses what is forged, old, from the future, changed or not signed, and does nothing', async () => {
    const minutes = (count: number) => (body: string) => slackSigned(body, secret, Date.now() + count * 60_000);
    const wrong: [string, (body: string) => Record<string, string>][] = [
      ['unsigned', () => ({})],
      ['another secret', (body) => slackSigned(body, 'another-secret-of-theirs')],
      ['another body', (body) => slackSigned(`${body}&more=1`, secret)],
      [
        'another time',
        (body) => ({ ...slackSigned(body, secret), 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1_000) - 1) }),
      ],
      ['no time', (body) => ({ ...slackSigned(body, secret), 'x-slack-request-timestamp': '' })],
      [
        'another version',
        (body) => ({
          ...slackSigned(body, secret),
          'x-slack-signature': slackSigned(body, secret)['x-slack-signature']!.replace('v0', 'v1'),
        }),
      ],
      ['six minutes old', minutes(-6)],
      ['six minutes ahead', minutes(6)],
    ];
    for (const [what, signed] of wrong) assert.equal((await problemIn(await send(press('U0ANA'), signed))).code, 'NotSignedIn', what);
    assert.deepEqual(api.runs.commands, []);
  });

  it('takes a press once: the same bytes again are refused', async () => {
    const payload = press('U0ANA');
    const signed = slackSigned(slackForm(payload), secret);
    assert.equal((await send(payload, () => signed)).status, 200);
    assert.match((await problemIn(await send(payload, () => signed))).detail, /taken before/);
    assert.equal(api.runs.commands.length, 1);
  });

  it("takes Slack's own published example at its time, and not a day later", () => {
    const { secret: theirs, time, signature, body } = published.slack;
    const headers = { 'x-slack-request-timestamp': time, 'x-slack-signature': signature };
    slackSignature(theirs, () => Number(time) * 1_000).check(headers, Buffer.from(body));
    assert.throws(() => slackSignature(theirs).check(headers, Buffer.from(body)), /five minutes/);
  });

  it('is not opened by the token of anybody', async () => {
    for (const as of Object.keys(tokens) as Subject[])
      assert.equal((await api.call('POST', path, { as, body: slackForm(press('U0ANA')), headers: form })).status, 401, as);
    assert.deepEqual(api.runs.commands, []);
  });

  it('refuses a signed press that cannot be read, or names no run', async () => {
    const raw = (body: string) => sendRaw(api, path, body, { ...form, ...slackSigned(body, secret) });
    assert.equal((await problemIn(await raw('payload=%7B'))).status, 400);
    assert.equal((await problemIn(await raw('nothing=1'))).status, 422);
    const values = [{ run: '../x', gate: 'g', digest }, { run: 'run-1', gate: gate.id, digest, by: 'ana' }, {}];
    for (const value of values) assert.equal((await problemIn(await send(press('U0ANA', {}, 'muster-approve', value)))).status, 422);
  });

  it('is described with its signature, and is not there where Slack does not decide', async () => {
    const { paths } = (await (await api.call('GET', '/api/openapi.json')).json()) as {
      paths: Record<string, { post?: Record<string, object> }>;
    };
    assert.deepEqual(paths[path]!.post!['security'], [{ 'X-Slack-Signature': [] }]);
    assert.match(JSON.stringify(paths[path]!.post!['requestBody']), /x-www-form-urlencoded/);
    const without = await startApi();
    assert.equal((await without.call('POST', path, { body: {} })).status, 404);
    await without.close();
  });

  it('does not boot with a signing secret that is missing, or that anybody could guess', async () => {
    for (const [reference, why] of [
      ['env:NOT_THERE', /NOT_THERE is not set/],
      ['env:SHORT', /fewer than 16/],
    ] as const)
      await assert.rejects(async () => startApi({ environment: await environmentWith({ signingSecret: reference }), env: secrets }), why);
  });
});

describe('A gate in Slack', () => {
  it('shows the question, the facts and who decided as plain text, and buttons that carry ids and digest only', () => {
    const facts = [...gate.facts, { ...gate.facts[0]!, id: 'x', name: '<!channel> *x*', verdict: 'bad' as const }];
    const { blocks } = gateForSlack({ run: 'run-1', title: 'Fail over', gate: { ...gate, facts, cannotBeUndone: 'the promotion' } });
    const texts = (blocks as { text?: { type: string; text: string } }[]).flatMap(({ text }) => (text ? [text] : []));
    assert.deepEqual([...new Set(texts.map(({ type }) => type))], ['plain_text']);
    const told = texts.map(({ text }) => text).join('\n');
    assert.match(
      told,
      /^\[Fail over\] Fail over to west\?\n✖ <!channel> \*x\*: 2\.4 s\n✔ Lag of the standby: 2\.4 s\nCannot be undone: the promotion\nWaits/,
    );
    const { elements } = blocks.at(-1) as { elements: { value: string; confirm: object }[] };
    for (const { value, confirm } of elements) {
      assert.deepEqual(JSON.parse(value), { run: 'run-1', gate: gate.id, digest });
      assert.ok(confirm);
    }
  });

  it('stays within the limits of Slack', () => {
    const facts = Array.from({ length: 60 }, (_, index) => ({ ...gate.facts[0]!, id: `f${index}`, name: 'a long name '.repeat(20) }));
    const { blocks } = gateForSlack({ run: 'run-1', title: 'x'.repeat(4_000), gate: { ...gate, facts, question: 'q'.repeat(5_000) } });
    const lengths = (value: unknown): number[] =>
      typeof value === 'string' ? [value.length] : value !== null && typeof value === 'object' ? Object.values(value).flatMap(lengths) : [];
    assert.ok(Math.max(...lengths(blocks)) <= 3_000);
    const { confirm } = (blocks.at(-1) as { elements: { confirm: { text: { text: string } } }[] }).elements[0]!;
    assert.ok(confirm.text.text.length <= 300);
  });
});
