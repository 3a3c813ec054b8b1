import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { seal, serialize, sha256 } from '../../src/report/chain.ts';
import { writeArchive } from '../../src/report/archive-folder.ts';
import { thisBuild } from '../../src/report/build.ts';
import { renderReport } from '../../src/report/render.ts';
import { buildReport } from '../../src/report/report.ts';
import { verifyReport } from '../../src/report/verify.ts';
import { sampleView } from './sample-view.ts';

const history = '{"events":[{"eventId":"1"}]}';
const view = sampleView();

describe('the check of a report', () => {
  let archive: string;
  let pack: string;
  let folder: string;
  const read = (name: string) => readFile(join(folder, name));
  const write = (name: string, bytes: string | Uint8Array) => writeFile(join(folder, name), bytes);

  before(async () => {
    archive = await mkdtemp(join(tmpdir(), 'muster-verify-'));
    const report = buildReport(view, { build: thisBuild(), history: { events: 1, sha256: sha256(history) } });
    pack = (await writeArchive(archive, view.runId, report, history)).folder;
    folder = join(archive, 'copy');
  });
  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await cp(pack, folder, { recursive: true });
  });
  after(() => rm(archive, { recursive: true, force: true }));

  it('finds a fresh pack whole, by its folder or by its file', async () => {
    const found = await verifyReport(folder);
    assert.deepEqual(found.checked, ['report.json', 'report.md', 'report.html', 'history.json', 'report.sha256']);
    assert.deepEqual({ ok: found.ok, problem: found.problem, notes: found.notes }, { ok: true, problem: undefined, notes: [] });
    assert.ok(found.entries > 100);
    assert.deepEqual(await verifyReport(join(folder, 'report.json')), found);
  });

  it('detects a change of one byte anywhere in report.json', async () => {
    const bytes = await read('report.json');
    const random = generator(20_260_314);
    for (let round = 0; round < 200; round++) {
      const edited = Buffer.from(bytes);
      const place = Math.floor(random() * bytes.length);
      edited[place] = (edited[place]! + 1 + Math.floor(random() * 255)) % 256;
      await write('report.json', edited);
      const { ok, problem } = await verifyReport(folder);
      assert.equal(ok, false, `byte ${place} may be changed from ${bytes[place]} to ${edited[place]}`);
      assert.ok(problem);
    }
  });

  it('detects a byte more, a byte less, other spaces and other spelling of the same values', async () => {
    const text = (await read('report.json')).toString('utf8');
    const others = [
      `${text} `,
      text.slice(0, -1),
      text.replace('","kind"', '", "kind"'),
      text.replace('"seq":1,', '"seq":1.0,'),
      JSON.stringify(JSON.parse(text)),
    ];
    for (const other of others) {
      await write('report.json', other);
      assert.equal((await verifyReport(folder)).ok, false);
    }
  });

  it('names the entry that was changed', async () => {
    const text = (await read('report.json')).toString('utf8');
    const line = text.split('\n').findIndex((candidate) => candidate.includes('Throttling'));
    for (const [from, to] of [
      ['Throttling', 'Throtsling'],
      ['Throttling: Rate', 'Throttling": Rate'],
    ] as const) {
      await write('report.json', text.replace(from, to));
      assert.match((await verifyReport(folder)).problem!, new RegExp(`^entry ${line}\\b.*was changed`));
    }
  });

  for (const name of ['report.md', 'report.html']) {
    it(`detects a change in ${name}`, async () => {
      const text = (await read(name)).toString('utf8');
      await write(name, text.replace('2.38 s', '0.38 s'));
      assert.deepEqual(pick(await verifyReport(folder)), { ok: false, problem: `${name} was changed: it is not what the report says` });
      const sums = (await read('report.sha256')).toString('utf8');
      await write('report.sha256', sums.replace(sha256(text), sha256(await read(name))));
      assert.match((await verifyReport(folder)).problem!, /is not what this Muster makes of the report/);
    });
  }

  it('detects another history and other sums', async () => {
    await write('history.json', history.replace('1', '2'));
    assert.match((await verifyReport(folder)).problem!, /^history\.json was changed/);
    await write('history.json', history);
    const sums = (await read('report.sha256')).toString('utf8');
    await write('report.sha256', sums.replace(/^([0-9a-f]{64}) {2}report\.md$/m, `${'0'.repeat(64)}  report.md`));
    assert.match((await verifyReport(folder)).problem!, /^report\.sha256 was changed/);
    await write('report.sha256', sums.replace(/# head ./, '# head x'));
    assert.match((await verifyReport(folder)).problem!, /names another head/);
  });

  it('sees through a report that was forged whole: its head is another than the one that was told', async () => {
    const honest = (await verifyReport(folder)).head;
    const forged = { ...sampleView(), reason: 'no reason' };
    await write('report.json', serialize(buildReport(forged, { build: thisBuild() })));
    const { ok, head } = await verifyReport(folder);
    assert.equal(ok, false);
    assert.notEqual(head, honest);
  });

  it('leaves to the sums what another version of Muster worded', async () => {
    const report = buildReport(view, { build: { ...thisBuild(), version: '0.0.1' }, history: { events: 1, sha256: sha256(history) } });
    await rm(folder, { recursive: true, force: true });
    const old = await writeArchive(archive, 'old', report, history);
    const page = (await readFile(join(old.folder, 'report.md'), 'utf8')).replace('Where the time went', 'Time');
    const sums = (await readFile(join(old.folder, 'report.sha256'), 'utf8')).replace(
      /^[0-9a-f]{64} {2}report\.md$/m,
      `${sha256(page)}  report.md`,
    );
    await writeFile(join(old.folder, 'report.md'), page);
    await writeFile(join(old.folder, 'report.sha256'), sums);
    const found = await verifyReport(old.folder);
    assert.equal(found.ok, true);
    assert.match(found.notes.join(), /report\.md was written by Muster 0\.0\.1/);
    await writeFile(join(old.folder, 'report.md'), `${page}!`);
    assert.equal((await verifyReport(old.folder)).ok, false);
  });

  it('can also be checked without Muster, by the sums', async () => {
    const { stdout } = await promisify(execFile)('sha256sum', ['-c', 'report.sha256'], { cwd: folder });
    assert.deepEqual(stdout.trim().split('\n').sort(), ['history.json: OK', 'report.html: OK', 'report.json: OK', 'report.md: OK']);
  });

  it('says in a sentence what is not there or is no report', async () => {
    assert.match((await verifyReport(join(archive, 'nowhere'))).problem!, /nowhere cannot be read/);
    await rm(join(folder, 'report.html'));
    const { ok, notes } = await verifyReport(folder);
    assert.deepEqual({ ok, notes }, { ok: true, notes: ['report.html is not beside the report any more'] });
    for (const text of ['', '{}', '[]', 'null', '{"muster":"report","version":2,"head":"","entries":[]}']) {
      await write('report.json', text);
      assert.match((await verifyReport(folder)).problem!, /no longer JSON|not a report/);
    }
    await write('report.json', serialize(seal([])));
    assert.match((await verifyReport(folder)).problem!, /no entry of the kind run/);
  });

  it('renders a report anew, and refuses to render a changed one', async () => {
    for (const format of ['json', 'md', 'html'] as const)
      assert.equal(await renderReport(folder, format), (await read(`report.${format}`)).toString('utf8'));
    await write('report.json', (await read('report.json')).toString('utf8').replace('sam', 'tom'));
    await assert.rejects(renderReport(folder, 'md'), /was changed/);
  });
});

function pick({ ok, problem }: { ok: boolean; problem?: string }) {
  return { ok, problem };
}

/** The same places in every run, so that a failure can be seen again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
