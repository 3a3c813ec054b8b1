import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { archiveActivities } from '../../src/activities/records/archive.ts';
import { kindOf } from '../../src/activities/kit/kinds.ts';
import { loadEnvironment, type Environment } from '../../src/config/environment.ts';
import { folderOf, type Archived } from '../../src/report/archive-folder.ts';
import { verifyReport } from '../../src/report/verify.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { sampleView } from '../report/sample-view.ts';

const names = ['history.json', 'report.html', 'report.json', 'report.md', 'report.sha256', 'signature.json'];

/** A Temporal client whose history grows with every look, as that of a running workflow does. */
function clientWith(fetch: (looks: number) => number): Client {
  let looks = 0;
  const fetchHistory = async () => {
    const length = fetch(++looks);
    return proto.temporal.api.history.v1.History.fromObject({ events: Array.from({ length }, (_, index) => ({ eventId: index + 1 })) });
  };
  const withAbortSignal = (_signal: AbortSignal, work: () => Promise<unknown>) => work();
  return { withAbortSignal, workflow: { getHandle: () => ({ fetchHistory }) } } as unknown as Client;
}

describe('the archive', () => {
  let archive: string;
  let environment: Environment;
  const growing = () => clientWith((looks) => 10 + looks);
  const archiveRun = (view: RunView, client = growing()): Promise<Archived> => {
    const { archiveRun: run } = archiveActivities(environment);
    return new MockActivityEnvironment({}, { client, logger: new DefaultLogger('ERROR') }).run<[{ view: RunView }], Archived, typeof run>(
      run,
      { view },
    );
  };

  beforeEach(async () => {
    archive = await mkdtemp(join(tmpdir(), 'muster-archive-'));
    environment = { ...(await loadEnvironment('environments/range.yaml')), archive: { folder: archive } };
  });
  afterEach(() => rm(archive, { recursive: true, force: true }));

  it('keeps report, history and sums in a folder of the run, and answers with the head of the chain', async () => {
    const view = sampleView();
    const { folder, files, hash } = await archiveRun(view);
    assert.equal(folder, join(archive, view.runId));
    assert.deepEqual(files, names);
    const { ok, head, checked } = await verifyReport(folder);
    assert.deepEqual({ ok, head, checked: checked.length }, { ok: true, head: hash, checked: 6 });
    const history = JSON.parse(await readFile(join(folder, 'history.json'), 'utf8')) as { events: unknown[] };
    assert.equal(history.events.length, 11);
    assert.deepEqual(await readdir(archive), [view.runId]);
  });

  it('writes one pack however often the same run is archived, even when its history has grown', async () => {
    const client = growing();
    const first = await archiveRun(sampleView(), client);
    const before = await readFile(join(first.folder, 'report.json'), 'utf8');
    assert.deepEqual(await archiveRun(sampleView(), client), first);
    assert.equal(await readFile(join(first.folder, 'report.json'), 'utf8'), before);
    assert.deepEqual(await readdir(archive), [sampleView().runId]);
  });

  it('stands two attempts at once', async () => {
    const packs = await Promise.all([archiveRun(sampleView()), archiveRun(sampleView())]);
    const { ok, head } = await verifyReport(packs[0].folder);
    assert.equal(ok, true);
    assert.ok(packs.some(({ hash }) => hash === head));
    assert.deepEqual(
      (await readdir(archive)).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('never overwrites: an earlier or a damaged pack is set aside', async () => {
    const { folder } = await archiveRun(sampleView());
    await writeFile(join(folder, 'report.md'), 'damaged');
    assert.equal((await archiveRun(sampleView())).folder, folder);
    const later = { ...sampleView(), status: 'was looked at again' };
    const { hash } = await archiveRun(later);
    assert.equal((await verifyReport(folder)).head, hash);
    assert.equal(await readFile(join(`${folder}.earlier-1`, 'report.md'), 'utf8'), 'damaged');
    assert.equal((await verifyReport(`${folder}.earlier-2`)).ok, true);
  });

  it('is written without a history when Temporal does not answer, and says so', async () => {
    const silent = clientWith(() => {
      throw new Error('no connection to Temporal');
    });
    const { folder, files } = await archiveRun(sampleView(), silent);
    assert.deepEqual(
      files,
      names.filter((name) => name !== 'history.json'),
    );
    assert.equal((await verifyReport(folder)).ok, true);
    assert.match(await readFile(join(folder, 'report.md'), 'utf8'), /not beside this report: no connection to Temporal/);
  });

  it('keeps a run with an odd name inside', async () => {
    for (const runId of ['../outside', '..', '.hidden', 'a/b']) {
      const { folder } = await archiveRun({ ...sampleView(), runId });
      assert.equal(join(folder, '..'), archive);
      assert.equal(folder, folderOf(archive, runId));
      assert.equal((await verifyReport(folder)).ok, true);
    }
    assert.equal((await readdir(archive)).length, 4);
  });

  it('clears what a dead attempt left, and nothing younger', async () => {
    const drafts = ['old', 'young'].map((name) => join(archive, `.draft-${sampleView().runId}-${name}`));
    for (const draft of drafts) await mkdir(draft);
    await utimes(drafts[0]!, new Date(0), new Date(0));
    await archiveRun(sampleView());
    assert.deepEqual((await readdir(archive)).sort(), [`.draft-${sampleView().runId}-young`, sampleView().runId]);
  });

  it('says which folder cannot be written', async () => {
    const file = join(archive, 'file');
    await writeFile(file, '');
    environment = { ...environment, archive: { folder: join(file, 'archive') } };
    await assert.rejects(archiveRun(sampleView()), (error: Error & { type?: string }) => {
      assert.equal(error.type, 'Permanent');
      assert.match(error.message, /^the archive .*file\/archive cannot be written: ENOTDIR/);
      return true;
    });
  });

  it('is classified as record, so that simulations are kept too', () => {
    assert.equal(kindOf(archiveActivities(environment).archiveRun), 'record');
  });
});
