import assert from 'node:assert/strict';
import type { IncidentView } from '../../src/workflows/incident/view.ts';
import { deskView, incidentView, policy } from '../incidents/support/incident-view.ts';
import { startFakeApi, type FakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';

const number = 'INC-2026-03-14-001';
const signals = `/api/incidents/${number}/signals`;

describe('muster incident', () => {
  let api: FakeApi;
  const say = (...args: string[]) =>
    muster(['incident', ...args], { MUSTER_API: api.url, MUSTER_TOKEN: 'visibly-fake', MUSTER_HOME: '/nowhere' });
  beforeEach(async () => {
    api = await startFakeApi();
    api.reply = () => ({ status: 200, body: { applied: true, state: 'acknowledged', status: 'is worked on by Sam' } });
  });
  afterEach(() => api.close());

  const shows = (
    changes: Partial<IncidentView> = {},
    answer: object = { applied: true, state: 'acknowledged', status: 'is worked on' },
  ) => {
    api.reply = ({ method }) => ({ status: 200, body: method === 'GET' ? incidentView(changes) : answer });
  };

  it('declare says the number, and what to do next', async () => {
    api.reply = () => ({ status: 201, body: { number, applied: true, existed: false } });
    const words = ['--title', 'Nobody can order', '--service', 'shop', '--severity', 'P0', '--impact', 'all of them', '--drill'];
    const { code, stdout } = await say('declare', ...words, '--started', '2026-03-14T09:00:00Z', '--key', 'once');
    assert.deepEqual([code, stdout], [0, `${number} is declared\nNext: muster incident ack ${number}\n`]);
    const [asked] = api.asked;
    assert.deepEqual([asked!.method, asked!.path, asked!.key], ['POST', '/api/incidents', 'once']);
    assert.deepEqual(asked!.body, {
      ...{ title: 'Nobody can order', service: 'shop', severity: 'P0', impact: 'all of them', drill: true },
      startedAt: '2026-03-14T09:00:00.000Z',
    });
  });

  it('declare says so when no worker has given it a number', async () => {
    api.reply = () => ({ status: 202, body: { applied: false, existed: false } });
    const { code, stdout } = await say('declare', '--title', 'x', '--service', 'shop', '--severity', 'P0');
    assert.deepEqual([code, /^Recorded: its number comes with the next worker/.test(stdout)], [4, true]);
  });

  it('declare names what is missing, and asks nothing', async () => {
    const { code, stderr } = await say('declare', '--title', 'x');
    assert.deepEqual([code, /say --service, --severity, or the number of a proposed incident/.test(stderr)], [2, true]);
    assert.equal((await say('declare', number, '--service', 'shop')).code, 2);
    assert.deepEqual(api.asked, []);
  });

  const sent: [args: string[], path: string, body: object][] = [
    [['declare', number, '--severity', 'P1'], 'declare', { severity: 'P1' }],
    [['ack', number], 'acknowledge', {}],
    [['dismiss', number, '--reason', 'a test'], 'dismiss', { reason: 'a test' }],
    [['role', number, 'commander', 'ana'], 'role', { role: 'commander', subject: 'ana' }],
    [['role', number, 'scribe', '--nobody'], 'role', { role: 'scribe', subject: null }],
    [['severity', number, 'P1', '--reason', 'one region'], 'severity', { severity: 'P1', reason: 'one region' }],
    [
      ['say', number, '--impact', 'half of all orders', '--next-steps', 'fail over'],
      'say',
      { impact: 'half of all orders', nextSteps: 'fail over' },
    ],
    [['note', number, 'it falls', '--on', 't2'], 'note', { text: 'it falls', on: 't2' }],
    [['mitigate', number, '--how', 'moved', '--at', '2026-03-14T09:20:00Z'], 'mitigate', { how: 'moved', at: '2026-03-14T09:20:00.000Z' }],
    [['resolve', number, '--resolution', 'moved', '--cause', 'power'], 'resolve', { resolution: 'moved', cause: 'power', unfreeze: true }],
    [['resolve', number, '--resolution', 'moved', '--no-unfreeze'], 'resolve', { resolution: 'moved', unfreeze: false }],
    [['attest', number, 'metrics flow', '--good', '--note', 'seen'], 'attest', { line: 'metrics flow', good: true, note: 'seen' }],
    [['attest', number, 'metrics flow', '--bad', '--note', 'gaps'], 'attest', { line: 'metrics flow', good: false, note: 'gaps' }],
    [['reopen', number, '--reason', 'it is back'], 'reopen', { reason: 'it is back' }],
    [['review', number, 'formal', '--notes', 'we met'], 'review', { review: 'formal', notes: 'we met' }],
    [['action', number, '--done', 'a1'], 'action', { done: 'a1' }],
    [
      ['action', number, 'Alert on disks', '--owner', 'ana', '--due', '2026-04-01'],
      ...(['action', { text: 'Alert on disks', owner: 'ana', dueAt: '2026-04-01T23:59:59.999Z' }] as [string, object]),
    ],
    [['tick', number, 'customers', '--note', 'by mail'], 'tick', { line: 'customers', note: 'by mail' }],
    [['close', number], 'close', {}],
  ];
  for (const [args, command, body] of sent) {
    it(`${args.filter((word) => word !== number).join(' ')} reaches the incident`, async () => {
      const { code, stdout } = await say(...args);
      assert.deepEqual([code, stdout], [0, `${number} is acknowledged: is worked on by Sam (told as Sam (on call))\n`]);
      assert.deepEqual(
        api.asked.map(({ method, path, body: said }) => [method, path, said]),
        [['POST', `${signals}/${command}`, body]],
      );
      assert.ok(api.asked[0]!.key);
    });
  }

  it('asks nothing when the words make no sense', async () => {
    const wrong = [
      ['role', number, 'scribe'],
      ['role', number, 'scribe', 'ana', '--nobody'],
      ['say', number],
      ['attest', number, 'metrics flow', '--note', 'x'],
      ['action', number, 'Alert on disks', '--owner', 'ana'],
      ['action', number, 'Alert on disks', '--done', 'a1'],
      ['mitigate', number, '--how', 'x', '--at', 'noon'],
    ];
    for (const args of wrong) assert.equal((await say(...args)).code, 2, args.join(' '));
    assert.deepEqual(api.asked, []);
  });

  it('ends with 4 while a command is only recorded, and with 3 when it is refused', async () => {
    api.reply = () => ({ status: 202, body: { applied: false, status: 'Recorded' } });
    assert.equal((await say('ack', number)).code, 4);
    api.reply = () => ({
      status: 409,
      body: { status: 409, code: 'NotNow', detail: 'it cannot be closed before: Lessons are written down' },
    });
    const refused = await say('close', number);
    assert.deepEqual([refused.code, refused.stderr], [3, 'muster: NotNow: it cannot be closed before: Lessons are written down\n']);
  });

  it('prints JSON when that is asked for', async () => {
    const { stdout } = await say('ack', number, '-o', 'json');
    assert.deepEqual(JSON.parse(stdout), { number, applied: true, by: 'sam', state: 'acknowledged', status: 'is worked on by Sam' });
  });

  it('list shows the open ones, and with --all those that have ended', async () => {
    api.reply = () => ({ status: 200, body: deskView() });
    const { stdout } = await say('list');
    const [heading, first, ...more] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    assert.deepEqual(heading, ['INCIDENT', 'SEVERITY', 'STATE', 'SERVICE', 'STARTED', 'UPDATES KEPT', 'TITLE']);
    assert.deepEqual(first, [number, 'P0', 'acknowledged', 'shop', '2026-03-14T09:00Z', '11 of 12', 'The shop is down']);
    assert.deepEqual(more, []);
    assert.match((await say('list', '--all')).stdout, /INC-2026-03-13-002 +P1 +closed/);
    api.reply = () => ({ status: 200, body: deskView({ open: [], ended: [] }) });
    assert.equal((await say('list')).stdout, 'No incident is open.\n');
  });

  it('actions lists what is open over all incidents, the soonest first', async () => {
    const actions = [
      { id: 'a1', text: 'Alert on disks', owner: 'ana', dueAt: '2999-04-01T23:59:59.999Z' },
      { id: 'a2', text: 'Buy disks', owner: 'ben', dueAt: '2026-03-20T23:59:59.999Z' },
      { id: 'a3', text: 'Thank all', owner: 'ben', dueAt: '2026-03-20T23:59:59.999Z', doneAt: '2026-03-19T10:00:00.000Z' },
    ];
    const { open } = deskView();
    api.reply = ({ path }) => ({
      ...{
        status: 200,
        body: path === '/api/incidents' ? deskView({ open: [{ ...open[0]!, openActions: 2 }] }) : incidentView({ actions }),
      },
    });
    const { stdout } = await say('actions');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    assert.deepEqual(rows.slice(1), [
      [number, 'a2', 'ben', '2026-03-20', 'overdue', 'Buy disks'],
      [number, 'a1', 'ana', '2999-04-01', 'open', 'Alert on disks'],
    ]);
    assert.match((await say('actions', number)).stdout, /a3 +ben +2026-03-20 +done 2026-03-19 +Thank all/);
  });

  it('report prints what the archive has', async () => {
    api.reply = () => ({ status: 200, body: '# The shop was down' });
    assert.equal((await say('report', number)).stdout, '"# The shop was down"\n');
    assert.equal(api.asked[0]!.path, `/api/incidents/${number}/report?format=md`);
  });

  it('watch writes each new line of the timeline once, and ends when the incident does', async () => {
    const later = incidentView({ state: 'closed' });
    later.timeline.push({ id: 't3', at: '2026-03-14T11:00:00.000Z', kind: 'state', text: 'Sam closes it', by: 'sam' });
    api.reply = () => [incidentView(), later].map((view) => `data: ${JSON.stringify(view)}\n\n`).join('') + 'event: end\ndata: {}\n\n';
    const { code, stdout } = await say('watch', number);
    assert.equal(code, 0);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(10)),
      [`state    Sam declares P0 ${number} The shop is down: nobody can order`, 'state    Sam acknowledges', 'state    Sam closes it'],
    );
  });

  describe('update', () => {
    it('shows every message that would leave, and sends it with --yes', async () => {
      shows();
      const { code, stderr } = await say('update', number, '--progress', 'the standby is promoted', '--yes');
      assert.equal(code, 0);
      assert.equal(stderr, 'Slack, its own channel:\n  The shop is down\nSlack, the standing channel:\n  The shop is down\n');
      assert.deepEqual(
        api.asked.map(({ method, path }) => [method, path]),
        [
          ['GET', `/api/incidents/${number}`],
          ['POST', `${signals}/update`],
        ],
      );
      assert.deepEqual(api.asked[1]!.body, { audience: 'internal', progress: 'the standby is promoted' });
    });

    it('fills the template with what is said, before it is on the record', async () => {
      const templates = { ...policy.templates, customerUpdate: { subject: '{title}: {status}', text: '{impact} ETA {eta}.' } };
      shows({ policy: { ...policy, templates } });
      const words = ['--status', 'identified', '--impact', 'Orders fail.', '--eta', '10:30'];
      const { stderr } = await say('update', number, '--to', 'customers', ...words, '--yes');
      assert.equal(stderr, 'Status page (identified), "The shop is down: Identified":\n  Orders fail. ETA 10:30.\n');
      assert.deepEqual(api.asked[1]!.body, { audience: 'customers', status: 'identified', impact: 'Orders fail.', eta: '10:30' });
    });

    it('sends nothing when nobody can be asked', async () => {
      shows();
      const { code, stderr } = await say('update', number);
      assert.deepEqual([code, /say --yes to send what is shown/.test(stderr)], [2, true]);
      assert.equal(api.asked.length, 1);
    });
  });

  describe('start', () => {
    const started = { runId: 'fail-over-region-1', applied: true, existed: false };
    const suggestion = { runbook: 'fail-over-region', input: { service: 'shop', from: 'east', to: 'west' }, why: 'east is gone' };

    it('takes runbook and input that the alerts suggest, and the title as its reason', async () => {
      shows({ suggestions: [suggestion] }, started);
      const { code, stdout } = await say('start', number, '--mode', 'simulate', '--input', 'to=north');
      assert.deepEqual(
        [code, stdout],
        [
          0,
          'fail-over-region-1 has started\nNext: muster watch fail-over-region-1     then, what it would do: muster show fail-over-region-1\n',
        ],
      );
      const { path, body } = api.asked.at(-1)!;
      assert.equal(path, `/api/incidents/${number}/runs`);
      const input = { service: 'shop', from: 'east', to: 'north' };
      assert.deepEqual(body, { runbook: 'fail-over-region', input, mode: 'simulate', reason: 'The shop is down' });
    });

    it('asks which, when nothing or more than one is suggested', async () => {
      shows({ suggestions: [suggestion, { ...suggestion, runbook: 'mitigate' }] }, started);
      assert.match((await say('start', number)).stderr, /more than one suggestion; say which: fail-over-region, mitigate/);
      shows({}, started);
      const { code, stderr } = await say('start', number);
      assert.deepEqual([code, /no alert of INC-2026-03-14-001 suggests a runbook/.test(stderr)], [2, true]);
      assert.ok(api.asked.every(({ method }) => method === 'GET'));
    });

    it('does not look at the incident when all is said', async () => {
      shows({}, started);
      await say('start', number, 'fail-over-region', '--input', 'service=shop', '--reason', 'east is lost');
      assert.deepEqual(
        api.asked.map(({ method }) => method),
        ['POST'],
      );
    });
  });
});
