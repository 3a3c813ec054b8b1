import { strict as assert } from 'node:assert';
import { pino } from 'pino';
import { RunProblem } from '../../src/runs/runs.ts';
import { verbPaths, type GateCommand, type NoteCommand } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { problemIn, startApi, type Api } from './support/api.ts';

const decision = { gate: 'fail-over', digest: 'abc123' };

describe('Signals over HTTP', () => {
  let api: Api;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.close());

  const post = (path: string, body: unknown, key?: string, as: 'sam' | 'ana' | 'ben' = 'ana') =>
    api.call('POST', path, { as, body, headers: key === undefined ? {} : { 'idempotency-key': key } });

  const bodies = { approve: decision, decline: decision, 'skip-step': { reason: 'known to be fine' }, note: { text: 'we look at it' } };
  for (const [path, verb] of Object.entries(verbPaths)) {
    it(`${path} reaches the run with who, by which way, and an id`, async () => {
      const body = (bodies as Record<string, object>)[path] ?? {};
      const response = await post(`/api/runs/run-1/signals/${path}`, body);
      assert.deepEqual([response.status, await response.json()], [200, { applied: true, state: 'inProgress', status: 'goes on' }]);
      const [given] = api.runs.commands;
      assert.deepEqual([given?.runId, given?.verb], ['run-1', verb]);
      const { id, ...command } = given!.command;
      assert.deepEqual(command, { ...body, by: 'ana', channel: 'api' });
      assert.match(id!, /^[0-9a-f-]{36}$/);
    });
  }

  it('takes a verb without a body where nothing must be said', async () => {
    assert.equal((await api.call('POST', '/api/runs/run-1/signals/pause', { as: 'sam' })).status, 200);
  });

  it('answers 202 when a command is recorded and not yet applied', async () => {
    api.runs.commandAnswer = async () => ({ applied: false });
    const response = await post('/api/runs/run-1/signals/approve', decision);
    assert.equal(response.status, 202);
    const { applied, status } = (await response.json()) as { applied: boolean; status: string };
    assert.equal(applied, false);
    assert.match(status, /^Recorded, not yet applied/);
  });

  it('gives a repeated command the same id, and another person or body another one', async () => {
    const approve = '/api/runs/run-1/signals/approve';
    await post(approve, decision, 'key-1');
    await post(approve, decision, 'key-1');
    await post(approve, decision, 'key-1', 'ben');
    await post('/api/runs/run-1/signals/decline', decision, 'key-1');
    const ids = api.runs.commands.map(({ command }) => command.id);
    assert.equal(ids[0], ids[1]);
    assert.equal(new Set(ids).size, 3, 'one person got the answer of another');
    const problem = await problemIn(await post(approve, { ...decision, digest: 'other' }, 'key-1'));
    assert.deepEqual([problem.status, problem.errors?.[0]?.pointer], [422, '/idempotency-key']);
  });

  it('gives a command the same id after a restart', async () => {
    await post('/api/runs/run-1/signals/note', { text: 'hello' }, 'key-1');
    const restarted = await startApi();
    try {
      await restarted.call('POST', '/api/runs/run-1/signals/note', {
        as: 'ana',
        body: { text: 'hello' },
        headers: { 'idempotency-key': 'key-1' },
      });
      const [first, second] = [api, restarted].map(({ runs }) => runs.commands[0]!.command as NoteCommand);
      assert.deepEqual(first, second);
    } finally {
      await restarted.close();
    }
  });

  const refusals: [number, RunProblem['code'], string][] = [
    [403, 'OwnRequest', 'sam asked for this run'],
    [403, 'NotEntitled', 'ana is no data-owner'],
    [404, 'UnknownGate', 'there is no gate fail-over'],
    [404, 'NotFound', 'there is no run run-1'],
    [409, 'AlreadyDecided', 'it was approved by ben'],
    [409, 'AlreadyApproved', 'ana approved already'],
    [409, 'StaleDigest', 'the facts are newer'],
    [409, 'FactsChanged', 'the lag is 9 s now'],
    [409, 'NotNow', 'the run is not paused'],
    [410, 'NotNow', 'the run run-1 has ended'],
    [503, 'TemporalUnavailable', 'Temporal does not answer'],
  ];
  for (const [status, code, detail] of refusals) {
    it(`a refusal as ${code} becomes ${status} with the run's own words`, async () => {
      api.runs.commandAnswer = async () => {
        throw new RunProblem(status, code, detail);
      };
      const response = await post('/api/runs/run-1/signals/approve', decision);
      const problem = await problemIn(response);
      assert.deepEqual([problem.status, problem.code, problem.detail], [status, code, detail]);
      assert.equal(response.headers.get('retry-after'), status === 503 ? '2' : null);
      assert.ok(problem.title.length > 5);
    });
  }

  it('logs who asked for what, refused or not, without what they wrote', async () => {
    const lines: string[] = [];
    const logged = await startApi({ log: pino({ base: null, timestamp: false }, { write: (line) => void lines.push(line) }) });
    try {
      await logged.call('POST', '/api/runs/run-1/signals/approve', { as: 'sam', body: { ...decision, comment: 'in private' } });
      await logged.call('POST', '/api/runs/run-1/signals/note', { as: 'sam', body: { text: 'in private' } });
      await eventually(
        'two lines',
        () => lines.length,
        (count) => count === 2,
        2_000,
      );
      const seen = lines.map((line) => JSON.parse(line) as { by: string; path: string; status: number });
      assert.deepEqual(
        seen.map(({ by, status }) => [by, status]),
        [
          ['sam', 403],
          ['sam', 200],
        ],
      );
      assert.ok(!lines.join().includes('private') && !lines.join().includes('token-of'));
    } finally {
      await logged.close();
    }
  });

  it('says after its patience that no answer came', async () => {
    const hasty = await startApi({ answerWithinMs: 20 });
    hasty.runs.commandAnswer = () => new Promise(() => undefined);
    try {
      const problem = await problemIn(await hasty.call('POST', '/api/runs/run-1/signals/approve', { as: 'ana', body: decision }));
      assert.deepEqual([problem.status, problem.code], [503, 'NoAnswerInTime']);
      assert.equal((hasty.runs.commands[0]!.command as GateCommand).digest, 'abc123');
    } finally {
      await hasty.close();
    }
  });
});
