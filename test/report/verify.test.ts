import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { knownKeys, signingKey } from '../../src/config/keys.ts';
import { seal, serialize, sha256 } from '../../src/report/chain.ts';
import { writeArchive } from '../../src/report/archive-folder.ts';
import { thisBuild } from '../../src/report/build.ts';
import { renderReport } from '../../src/report/render.ts';
import { buildReport } from '../../src/report/report.ts';
import { signatureText } from '../../src/report/signature.ts';
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
    folder = join(archive, 'copies', view.runId);
  });
  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await cp(pack, folder, { recursive: true });
  });
  after(() => rm(archive, { recursive: true, force: true }));

  it('finds a fresh pack whole, by its folder or by its file', async () => {
    const found = await verifyReport(folder);
    assert.deepEqual(found.checked, ['report.json', 'report.md', 'report.html', 'history.json', 'report.sha256', 'signature.json']);
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
    });
  }

  it('detects another history and other sums', async () => {
    await write('history.json', history.replace('1', '2'));
    assert.match((await verifyReport(folder)).problem!, /^history\.json was changed/);
    await write('history.json', history);
    const sums = (await read('report.sha256')).toString('utf8');
    await write('report.sha256', sums.replace(/^([0-9a-f]{64}) {2}report\.md$/m, `${'0'.repeat(64)}  report.md`));
    assert.match((await verifyReport(folder)).problem!, /^report\.sha256 has another sum of report\.md/);
    await write('report.sha256', sums.replace(/# head ./, '# head x'));
    assert.match((await verifyReport(folder)).problem!, /^report\.sha256 was changed/);
  });

  for (const name of ['report.json', 'report.md', 'report.html', 'history.json', 'report.sha256', 'signature.json']) {
    it(`is not whole without ${name}`, async () => {
      await rm(join(folder, name));
      const { ok, whole, problem } = await verifyReport(folder);
      assert.deepEqual([ok, whole], [false, false]);
      assert.match(problem!, new RegExp(`${name.replace('.', '\\.')} (is missing|cannot be read)`));
    });
  }

  it('detects a change of any byte of the sums, and of 400 bytes over all files', async function () {
    this.timeout(300_000);
    const random = generator(20_261_130);
    const names = ['report.json', 'report.md', 'report.html', 'history.json', 'report.sha256', 'signature.json'];
    const sums = await read('report.sha256');
    const places = [
      ...[...sums.keys()].map((place) => ['report.sha256', place] as const),
      ...Array.from({ length: 400 }, (_, index) => [names[index % names.length]!, undefined] as const),
    ];
    for (const [name, at] of places) {
      const bytes = await read(name);
      const place = at ?? Math.floor(random() * bytes.length);
      const edited = Buffer.from(bytes);
      edited[place] = (edited[place]! + 1 + Math.floor(random() * 255)) % 256;
      await write(name, edited);
      const { whole, problem } = await verifyReport(folder);
      assert.ok(!whole && problem, `byte ${place} of ${name} may be changed from ${bytes[place]} to ${edited[place]}`);
      await write(name, bytes);
    }
    assert.equal((await verifyReport(folder)).ok, true);
  });

  it('says which key signed it, and what it shows and cannot show', async () => {
    const { says, signedBy } = await verifyReport(folder);
    assert.deepEqual(signedBy, { key: signingKey().id, known: true });
    assert.match(
      says.join('\n'),
      /^shows: every file.*\nshows: it is that of run .*\nshows: it was signed by the key [0-9a-f]{16}, which is known here\ndoes not show: /,
    );
  });

  it('does not take the pack of another run, or one that was moved under another name', async () => {
    const moved = join(archive, 'copies', 'another-run');
    await cp(pack, moved, { recursive: true });
    assert.match((await verifyReport(moved)).problem!, /^it is the report of run .*, but lies in a folder named another-run$/);
    await rm(moved, { recursive: true });
    const other = buildReport({ ...view, runId: 'another-run' }, { build: thisBuild() });
    const written = await writeArchive(join(archive, 'others'), 'another-run', other);
    await rm(folder, { recursive: true });
    await cp(written.folder, folder, { recursive: true });
    assert.match((await verifyReport(folder)).problem!, /^it is the report of run another-run, but lies in a folder named/);
  });

  it('does not take a pack that was rewritten and chained anew, with the old signature, with none, or with that of another key', async () => {
    const signature = await read('signature.json');
    const forged = buildReport({ ...sampleView(), reason: 'no reason' }, { build: thisBuild() });
    const home = await mkdtemp(join(tmpdir(), 'muster-key-'));
    try {
      const theirs = signingKey({ MUSTER_HOME: home });
      const again = await writeArchive(join(archive, 'forged'), view.runId, forged, undefined, theirs);
      const { ok, whole, problem, says } = await verifyReport(again.folder);
      assert.deepEqual([ok, whole], [false, true]);
      assert.match(problem!, new RegExp(`signed by the key ${theirs.id}, which is not known here`));
      assert.match(says.join('\n'), /does not show who wrote it/);
      assert.equal((await verifyReport(again.folder, knownKeys({ MUSTER_HOME: home }))).ok, true);
      await writeFile(join(again.folder, 'signature.json'), signature);
      assert.match((await verifyReport(again.folder)).problem!, /signs other files than these/);
      await rm(join(again.folder, 'signature.json'));
      assert.match((await verifyReport(again.folder)).problem!, /nothing shows who wrote this/);
      const ours = JSON.parse(signature.toString()) as Record<string, string>;
      const named = signatureText(
        { of: `run ${view.runId}`, head: forged.head, sums: sha256(await readFile(join(again.folder, 'report.sha256'))) },
        { ...signingKey(), sign: (text) => theirs.sign(text) },
      );
      assert.equal((JSON.parse(named) as Record<string, string>)['key'], ours['key']);
      await writeFile(join(again.folder, 'signature.json'), named);
      assert.match((await verifyReport(again.folder)).problem!, /is not that of the key that it names/);
    } finally {
      await rm(home, { recursive: true });
    }
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
    const old = await writeArchive(join(archive, 'old'), view.runId, report, history);
    const page = (await readFile(join(old.folder, 'report.md'), 'utf8')).replace('Where the time went', 'Time');
    const sums = (await readFile(join(old.folder, 'report.sha256'), 'utf8')).replace(
      /^[0-9a-f]{64} {2}report\.md$/m,
      `${sha256(page)}  report.md`,
    );
    const signature = signatureText({ of: `run ${view.runId}`, head: report.head, sums: sha256(sums) }, signingKey());
    for (const [name, text] of Object.entries({ 'report.md': page, 'report.sha256': sums, 'signature.json': signature }))
      await writeFile(join(old.folder, name), text);
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
