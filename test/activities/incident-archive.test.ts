import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { incidentArchiveActivities } from '../../src/activities/incident/archive.ts';
import type { Environment } from '../../src/config/environment.ts';
import { writeArchive } from '../../src/report/archive-folder.ts';
import { thisBuild } from '../../src/report/build.ts';
import { sha256 } from '../../src/report/chain.ts';
import { readIncident } from '../../src/report/incident-content.ts';
import { readReport } from '../../src/report/read.ts';
import { buildReport } from '../../src/report/report.ts';
import { verifyReport } from '../../src/report/verify.ts';
import type { OutgoingMessage } from '../../src/workflows/incident/messages.ts';
import type { CollectItem } from '../../src/workflows/incident/policy.ts';
import type { Incident, IncidentRun } from '../../src/workflows/incident/view.ts';
import { at, incidentView, policy } from '../incidents/support/incident-view.ts';
import { sampleView } from '../report/sample-view.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { smallServers } from './small-server.ts';

const number = 'INC-2026-03-14-001';
const message = (id: string, text = `text of ${id}`): OutgoingMessage => ({
  ...{ id, about: 'declared', dueAt: at(2), state: 'sent', sentAt: at(3), tries: 1 },
  post: { sink: 'slack', act: 'post', channel: 'incident', text },
});
const runOf = (runId: string): IncidentRun => ({
  ...{ runId, runbook: 'fail-over-region', title: 'Move the shop', mode: 'live', state: 'completed', status: 'done' },
  ...{ startedAt: at(20), startedBy: 'sam' },
});

describe('what is kept of an incident', () => {
  const server = smallServers();
  let archive: string;
  let environment: Environment;
  const tools = () => incidentArchiveActivities(environment);
  const under = (...names: string[]) => join(archive, 'incidents', number, ...names);
  const json = async (...names: string[]): Promise<unknown> => JSON.parse(await readFile(under('bundle', ...names), 'utf8'));

  beforeEach(async () => {
    archive = await mkdtemp(join(tmpdir(), 'muster-incidents-'));
    environment = { ...environmentWith({}), archive: { folder: archive } };
  });
  afterEach(() => rm(archive, { recursive: true, force: true }));

  describe('its report', () => {
    const write = async (incident: Incident) => (await inStep(tools().archiveIncident, { incident })).result.report;

    it('is a sealed folder that muster verify finds whole, with Markdown and a page beside it', async () => {
      const folder = await write(incidentView());
      assert.equal(folder, under('report'));
      const { ok, checked, notes } = await verifyReport(folder);
      assert.deepEqual(
        { ok, checked, notes },
        { ok: true, checked: ['report.json', 'report.md', 'report.html', 'report.sha256', 'signature.json'], notes: [] },
      );
      assert.equal((await verifyReport(under())).ok, true, 'the folder of the incident leads to it');
    });

    it('is one however often it is asked for, and a later state is a new one beside which the earlier stays', async () => {
      const folder = await write(incidentView());
      const before = await readFile(join(folder, 'report.json'), 'utf8');
      await Promise.all([write(incidentView()), write(incidentView())]);
      assert.equal(await readFile(join(folder, 'report.json'), 'utf8'), before);
      assert.deepEqual(await readdir(under()), ['report']);
      await write(incidentView({ state: 'closed', status: 'is closed' }));
      assert.deepEqual((await readdir(under())).sort(), ['report', 'report.earlier-1']);
      assert.equal(await readFile(under('report.earlier-1', 'report.json'), 'utf8'), before);
      assert.deepEqual([(await verifyReport(folder)).ok, (await verifyReport(under('report.earlier-1'))).ok], [true, true]);
    });

    it('does not pass for whole when a byte of any of its files was changed', async () => {
      const folder = await write(incidentView());
      for (const file of ['report.json', 'report.md', 'report.html']) {
        const before = await readFile(join(folder, file));
        await appendFile(join(folder, file), ' ');
        assert.equal((await verifyReport(folder)).ok, false, file);
        await writeFile(join(folder, file), before);
      }
    });

    it('holds the messages that were moved to the archive and those that were not, each once and in their order', async () => {
      const part = (of: number, ...ids: string[]) =>
        inStep(tools().archiveIncidentPart, { number, part: of, messages: ids.map((id) => message(id)) });
      await part(1, 'm1', 'm3');
      await part(2, 'm12');
      await part(1, 'm1', 'm3');
      assert.deepEqual(await readdir(under('messages')), ['part-000001.json', 'part-000002.json']);
      const folder = await write(incidentView({ messages: [message('m2'), message('m20')], archived: { parts: 2, messages: 3 } }));
      const { messages } = readIncident(await readReport(join(folder, 'report.json')));
      assert.deepEqual(
        messages.map(({ id }) => id),
        ['m1', 'm2', 'm3', 'm12', 'm20'],
      );
    });

    it('says that messages which were moved to the archive are gone', async () => {
      const folder = await write(incidentView({ archived: { parts: 1, messages: 3 } }));
      assert.match(await readFile(join(folder, 'report.md'), 'utf8'), /3 messages that were moved to the archive are gone/);
    });

    it('is refused when a part of its messages was changed', async () => {
      await inStep(tools().archiveIncidentPart, { number, part: 1, messages: [message('m1')] });
      const file = under('messages', 'part-000001.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace('text of m1', 'another text'));
      const { message: why } = await failureOf(inStep(tools().archiveIncident, { incident: incidentView() }));
      assert.match(why, /entry 1 \(message\) was changed/);
    });

    it('holds no secret that somebody typed into a note', async () => {
      const timeline = [{ id: 't1', at: at(2), kind: 'note' as const, text: 'I used password=hunter2hunter2', by: 'sam' }];
      const folder = await write(incidentView({ timeline }));
      for (const file of await readdir(folder)) assert.doesNotMatch(await readFile(join(folder, file), 'utf8'), /hunter2/, file);
    });

    it('says in a sentence when the archive cannot be written', async () => {
      await writeFile(join(archive, 'incidents'), 'a file in the way');
      const { name, message: why } = await failureOf(inStep(tools().archiveIncident, { incident: incidentView() }));
      assert.deepEqual([name, /^the archive .* cannot be written: /.test(why)], ['Permanent', true]);
    });
  });

  describe('its evidence', () => {
    const collect = async (incident: Incident) => (await inStep(tools().collectIncident, { incident })).result;
    const collecting = (items: CollectItem[]) => ({ ...policy, collect: items });

    it('holds logs, metrics, configuration, timeline, messages and commands, each sealed by its hash', async () => {
      const shop = await server(({ path }) =>
        path === '/logs' ? { status: 200, body: 'token=abcdefghijkl\nGET /orders 500' } : { status: 404 },
      );
      const series = { metric: { region: 'east' }, values: [[1_773_478_800, '0.93']] };
      const answers: string[] = [];
      const prometheus = await server(({ path }) => {
        answers.push(path);
        return { status: 200, body: { status: 'success', data: { resultType: 'matrix', result: [series] } } };
      });
      environment = { ...environmentWith({ SHOP_EAST: shop.url, SHOP_WEST: shop.url }), archive: { folder: archive } };
      environment.incidents!.prometheus = prometheus.url;
      const view = sampleView();
      await writeArchive(archive, view.runId, buildReport(view, { build: thisBuild() }));

      const items: CollectItem[] = [
        { name: 'Error rate', by: 'prometheus', query: 'shop_error_rate' },
        { name: 'Log again', by: 'http', url: `${shop.url}/logs` },
      ];
      const { bundle, problems } = await collect(
        incidentView({ policy: collecting(items), runs: [runOf(view.runId)], messages: [message('m1')] }),
      );
      assert.deepEqual([bundle, problems], [under('bundle'), []]);
      const { ok, checked } = await verifyReport(bundle);
      assert.deepEqual(
        [ok, checked],
        [
          true,
          [
            ...['manifest.json', 'answers/2-log-again.txt', `commands/${view.runId}.json`, 'configuration/environment.json'],
            ...[
              'logs/shop-east.txt',
              'logs/shop-west.txt',
              'messages.json',
              'metrics/1-error-rate.json',
              'timeline.json',
              'signature.json',
            ],
          ],
        ],
      );
      assert.equal(await readFile(join(bundle, 'logs', 'shop-east.txt'), 'utf8'), 'token=[redacted]\nGET /orders 500');
      assert.deepEqual(await json('metrics', '1-error-rate.json'), { resultType: 'matrix', result: [series] });
      const asked = new URLSearchParams(answers[0]!.split('?')[1]);
      assert.equal(asked.get('start'), '2026-03-14T08:00:00.000Z', 'an hour before the beginning');
      const [{ calls, head }] = (await json('commands', `${view.runId}.json`)) as [{ calls: { call: string }[]; head: string }];
      assert.ok(calls.some(({ call }) => call === 'rds:PromoteReadReplica'));
      assert.equal(head, (await verifyReport(join(archive, view.runId))).head);
      const configuration = (await json('configuration', 'environment.json')) as { sha256: string; environment: Environment };
      assert.equal(configuration.sha256, sha256(JSON.stringify(environment)));
      assert.equal(configuration.environment.aws?.credentials, '[redacted]');
      assert.doesNotMatch(JSON.stringify(configuration), /\[…\]/, 'nothing is cut for lying deep');
    });

    it('says what could not be had, and keeps the rest', async () => {
      environment = { ...environmentWith({}), archive: { folder: archive } };
      delete environment.incidents!.prometheus;
      const items: CollectItem[] = [{ name: 'Error rate', by: 'prometheus', query: 'up' }];
      const { bundle, problems } = await collect(incidentView({ policy: collecting(items), runs: [runOf('never-ended')] }));
      assert.deepEqual(
        problems.map((problem) => problem.split(': ')[0]),
        ['commands/never-ended.json', 'logs/shop-east.txt', 'logs/shop-west.txt', 'metrics/1-error-rate.json'],
      );
      assert.match(problems[0]!, /the run never-ended has no whole report in the archive \(yet\)/);
      assert.match(problems[3]!, /does not say where its Prometheus is/);
      const { ok, checked } = await verifyReport(bundle);
      assert.deepEqual([ok, checked.length], [true, 5]);
    });

    it('does not pass for whole when a file of it was changed, taken away or added', async () => {
      const { bundle } = await collect(incidentView());
      const file = join(bundle, 'timeline.json');
      const before = await readFile(file);
      await appendFile(file, ' ');
      assert.equal((await verifyReport(bundle)).problem, 'timeline.json was changed: it is not what was collected');
      await rm(file);
      assert.equal((await verifyReport(bundle)).problem, 'timeline.json is gone');
      await writeFile(file, before);
      assert.equal((await verifyReport(bundle)).ok, true);
      await writeFile(join(bundle, 'logs.txt'), 'forged');
      assert.equal((await verifyReport(bundle)).problem, 'logs.txt was added: the manifest does not name it');
    });

    it('is never overwritten: collected again, the earlier one is kept beside', async () => {
      const first = await collect(incidentView());
      const second = await collect(incidentView());
      assert.equal(first.bundle, second.bundle);
      assert.deepEqual((await readdir(under())).sort(), ['bundle', 'bundle.earlier-1']);
    });
  });
});
