import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunProblem } from '../../src/runs/problem.ts';
import { incidentCommandNames, type IncidentCommandName } from '../../src/workflows/incident/commands.ts';
import { deskView, incidentView } from '../incidents/support/incident-view.ts';
import { problemIn, startApi, type Api, type Subject } from './support/api.ts';

const number = 'INC-2026-03-14-001';
const here = `/api/incidents/${number}`;
const declaration = { title: 'The shop is down', service: 'shop', severity: 'P0' };

describe('Incidents over HTTP', () => {
  let api: Api;
  let archive: string;
  beforeEach(async () => {
    archive = await mkdtemp(join(tmpdir(), 'muster-api-'));
    api = await startApi({ archiveFolder: archive });
  });
  afterEach(async () => {
    await api.close();
    await rm(archive, { recursive: true });
  });

  const post = (path: string, body: unknown, key?: string, as: Subject = 'sam') =>
    api.call('POST', path, { as, body, headers: key === undefined ? {} : { 'idempotency-key': key } });

  it('declares for the person of the token, and answers the number and where it is', async () => {
    const response = await post('/api/incidents', { ...declaration, startedAt: '2026-03-14T10:00:00+01:00' }, 'key-1');
    assert.deepEqual([response.status, response.headers.get('location')], [201, here]);
    assert.deepEqual(await response.json(), { number, applied: true, existed: false });
    assert.deepEqual(api.incidents.declared, [{ ...declaration, startedAt: '2026-03-14T09:00:00.000Z', by: 'sam', key: 'key-1' }]);
  });

  it('says of a declaration whether it is a repeat, or only recorded', async () => {
    api.incidents.declareAnswer = async () => ({ number, applied: true, existed: true });
    assert.equal((await post('/api/incidents', declaration)).status, 200);
    api.incidents.declareAnswer = async () => ({ applied: false, existed: false });
    const recorded = await post('/api/incidents', declaration);
    assert.deepEqual([recorded.status, recorded.headers.get('location')], [202, null]);
  });

  it('names every field of a declaration that is wrong, and declares nothing', async () => {
    const problem = await problemIn(await post('/api/incidents', { title: ' ', service: 'shop', startedAt: 'soon', by: 'ana' }));
    assert.equal(problem.status, 422);
    assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).sort(), ['/by', '/severity', '/startedAt', '/title']);
    assert.deepEqual(api.incidents.declared, []);
  });

  it('refuses the same key with another body', async () => {
    await post('/api/incidents', declaration, 'key-1');
    const problem = await problemIn(await post('/api/incidents', { ...declaration, severity: 'P1' }, 'key-1'));
    assert.deepEqual([problem.status, problem.errors?.[0]?.pointer], [422, '/idempotency-key']);
  });

  it('lists open and ended ones, or only open ones', async () => {
    const list = async (query = '') => (await api.call('GET', `/api/incidents${query}`, { as: 'vic' })).json();
    assert.deepEqual(await list(), deskView());
    assert.deepEqual(await list('?state=open'), deskView({ ended: [] }));
  });

  it('shows one, and says which number is none', async () => {
    const shown = await api.call('GET', here, { as: 'vic' });
    assert.deepEqual([shown.status, await shown.json()], [200, JSON.parse(JSON.stringify(incidentView({ number })))]);
    api.incidents.viewAnswer = async () => {
      throw new RunProblem(404, 'NotFound', `there is no incident ${number}`);
    };
    assert.equal((await problemIn(await api.call('GET', here, { as: 'vic' }))).detail, `there is no incident ${number}`);
    for (const wrong of ['INC-1', 'inc-2026-03-14-001', '..%2f..']) {
      assert.equal((await api.call('GET', `/api/incidents/${wrong}`, { as: 'vic' })).status, 422, wrong);
    }
  });

  it('sends every view as an event until the incident has ended', async () => {
    api.incidents.followAnswer = async function* () {
      yield incidentView();
      yield incidentView({ state: 'closed', status: 'is closed' });
    };
    const text = await (await api.call('GET', `${here}/events`, { as: 'vic' })).text();
    const events = [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => (JSON.parse(data!) as { state?: string }).state);
    assert.deepEqual(events, ['acknowledged', 'closed', undefined]);
    assert.match(text, /event: end\n/);
  });

  it('hands the report out of the archive once it is there', async () => {
    const report = () => api.call('GET', `${here}/report?format=md`, { as: 'vic' });
    assert.match((await problemIn(await report())).detail, /no report of INC-2026-03-14-001 yet/);
    await mkdir(join(archive, 'incidents', number, 'report'), { recursive: true });
    await writeFile(join(archive, 'incidents', number, 'report/report.md'), '# The shop was down');
    const sealed = { entries: [{ kind: 'incident', data: { environment: 'range' } }] };
    await writeFile(join(archive, 'incidents', number, 'report/report.json'), JSON.stringify(sealed));
    const response = await report();
    assert.equal(await response.text(), '# The shop was down');
    assert.match(response.headers.get('content-security-policy')!, /sandbox/);
  });

  describe('starting a run for one', () => {
    const asked = { runbook: 'fail-over-region', reason: 'east is lost', input: { service: 'shop', from: 'east', to: 'west' } };

    it('names the incident in the run', async () => {
      const response = await post(`${here}/runs`, asked, 'key-1');
      assert.deepEqual([response.status, response.headers.get('location')], [201, '/api/runs/run-1']);
      assert.deepEqual(api.runs.started, [{ ...asked, mode: 'live', incident: number, requestedBy: 'sam', idempotencyKey: 'key-1' }]);
    });

    it('is refused when the incident has ended or is not there', async () => {
      api.incidents.viewAnswer = async () => incidentView({ state: 'closed' });
      const ended = await problemIn(await post(`${here}/runs`, asked));
      assert.deepEqual([ended.status, ended.code], [409, 'NotNow']);
      api.incidents.viewAnswer = async () => {
        throw new RunProblem(404, 'NotFound', 'there is no such incident');
      };
      assert.equal((await post(`${here}/runs`, asked)).status, 404);
      assert.deepEqual(api.runs.started, []);
    });

    it('does not wait for an incident that cannot be looked at', async () => {
      api.incidents.viewAnswer = async () => {
        throw new RunProblem(503, 'NoWorker', 'no worker answers');
      };
      assert.equal((await post(`${here}/runs`, asked)).status, 201);
    });
  });

  describe('signals', () => {
    const bodies: Record<IncidentCommandName, object> = {
      ...{ declare: { severity: 'P1' }, acknowledge: {}, dismiss: { reason: 'a test' }, close: {} },
      ...{ role: { role: 'scribe', subject: null }, severity: { severity: 'P1', reason: 'only one region' } },
      ...{ update: { audience: 'customers', status: 'identified', eta: '10:30' }, say: { cause: 'a full disk' } },
      ...{ note: { text: 'the graph is back', on: 't2' }, mitigate: { how: 'failed over', at: '2026-03-14T09:30:00.000Z' } },
      ...{ resolve: { resolution: 'a bigger disk', unfreeze: true }, attest: { line: 'metrics flow', good: true, note: 'seen' } },
      ...{ reopen: { reason: 'it is back' }, review: { review: 'formal', notes: 'we met' } },
      ...{ action: { text: 'Alert on disks', owner: 'ana', dueAt: '2026-04-01T00:00:00.000Z' }, tick: { line: 'customers' } },
    };

    for (const command of incidentCommandNames) {
      it(`${command} reaches the incident with who, by which way, and an id`, async () => {
        const response = await post(`${here}/signals/${command}`, bodies[command]);
        assert.deepEqual([response.status, await response.json()], [200, { applied: true, state: 'acknowledged', status: 'is worked on' }]);
        const [given] = api.incidents.asked;
        const { id, ...ask } = given!.ask;
        assert.deepEqual([given!.number, ask], [number, { by: 'sam', channel: 'api', command, with: bodies[command] }]);
        assert.match(id!, /^[0-9a-f-]{36}$/);
      });
    }

    const wrong: [IncidentCommandName, object, string][] = [
      ['dismiss', {}, '/reason'],
      ['role', { role: 'scribe' }, '/subject'],
      ['update', { audience: 'everybody' }, '/audience'],
      ['update', { audience: 'internal', text: 'a\u202eb' }, '/text'],
      ['say', {}, ''],
      ['action', { text: 'Alert on disks' }, ''],
      ['action', { done: 'a1', owner: 'ana' }, ''],
      ['mitigate', { how: 'it went by itself', at: 'noon' }, '/at'],
      ['close', { by: 'ana' }, '/by'],
    ];
    for (const [command, body, pointer] of wrong) {
      it(`${command} refuses ${JSON.stringify(body)} and names the field`, async () => {
        const problem = await problemIn(await post(`${here}/signals/${command}`, body));
        assert.deepEqual([problem.status, problem.errors?.[0]?.pointer], [422, pointer]);
        assert.deepEqual(api.incidents.asked, []);
      });
    }

    it('take a day as the due date of an action item, and mean its end', async () => {
      await post(`${here}/signals/action`, { text: 'Alert on disks', owner: 'ana', dueAt: '2026-04-01' });
      assert.deepEqual(api.incidents.asked[0]!.ask.with, { text: 'Alert on disks', owner: 'ana', dueAt: '2026-04-01T23:59:59.999Z' });
    });

    it('are one request when they come again with their key, and another by another person', async () => {
      for (const as of ['sam', 'sam', 'ana'] as const) await post(`${here}/signals/note`, { text: 'hello' }, 'key-1', as);
      const ids = api.incidents.asked.map(({ ask }) => ask.id);
      assert.equal(ids[0], ids[1]);
      assert.notEqual(ids[0], ids[2]);
    });

    it('answer 202 when they are recorded and not yet applied', async () => {
      api.incidents.askAnswer = async () => ({ applied: false });
      const response = await post(`${here}/signals/acknowledge`, {});
      assert.equal(response.status, 202);
      assert.match(((await response.json()) as { status: string }).status, /^Recorded, not yet applied/);
    });

    for (const [status, code] of [
      ...[[403, 'NotEntitled'] as const, [404, 'NotFound'] as const, [409, 'NotNow'] as const],
      ...[[410, 'NotNow'] as const, [422, 'InvalidInput'] as const, [503, 'TemporalUnavailable'] as const],
    ]) {
      it(`are refused as ${code} with ${status} and the incident's own words`, async () => {
        api.incidents.askAnswer = async () => {
          throw new RunProblem(status, code, 'the words of the incident');
        };
        const problem = await problemIn(await post(`${here}/signals/close`, {}));
        assert.deepEqual([problem.status, problem.code, problem.detail], [status, code, 'the words of the incident']);
      });
    }
  });

  it('lets viewers read and nobody else, and responders do the rest', async () => {
    for (const path of ['/api/incidents', here]) {
      assert.equal((await api.call('GET', path)).status, 401, path);
      assert.equal((await api.call('GET', path, { as: 'vic' })).status, 200, path);
    }
    for (const path of ['/api/incidents', `${here}/runs`, ...incidentCommandNames.map((command) => `${here}/signals/${command}`)]) {
      assert.equal((await post(path, {}, undefined, 'vic')).status, 403, path);
    }
    assert.deepEqual([api.incidents.asked, api.incidents.declared, api.runs.started], [[], [], []]);
  });
});
