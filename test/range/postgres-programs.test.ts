import assert from 'node:assert/strict';
import { access, chmod, constants, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isReachable, preparePrograms } from '../../src/range/databases/postgres-programs.ts';

describe('the programs of PostgreSQL', () => {
  let folder: string;
  let native: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
    native = join(folder, 'native');
    await mkdir(join(native, 'bin'), { recursive: true });
    await mkdir(join(native, 'lib'));
    for (const program of ['initdb', 'postgres']) await writeFile(join(native, 'bin', program), program, { mode: 0o644 });
    await writeFile(join(native, 'pg-symlinks.json'), '[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]');
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: `@practice/${basename(folder)}`, version: '1.0.0' }));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('become executable and find their libraries where the package lies, when we may run them ourselves', async () => {
    for (let times = 0; times < 2; times += 1) {
      const { postgres } = await preparePrograms(native, undefined);
      assert.equal(postgres, join(native, 'bin', 'postgres'));
      await access(postgres, constants.X_OK);
    }
    assert.equal(await readlink(join(native, 'lib', 'libpq.so.5')), 'libpq.so.5.18');
  });

  it('are copied once to a place that the other user can reach', async () => {
    const copy = join(tmpdir(), `muster-postgres-${basename(folder)}-1.0.0`);
    const user = { uid: process.getuid!(), gid: process.getgid!() };
    try {
      await chmod(folder, 0o700);
      assert.equal(await isReachable(native), false);
      const { postgres } = await preparePrograms(native, user);
      assert.equal(postgres, join(copy, 'native', 'bin', 'postgres'));
      assert.equal(await isReachable(postgres), true);
      await writeFile(join(native, 'bin', 'postgres'), 'a newer one');
      await preparePrograms(native, user);
      assert.equal(await readFile(postgres, 'utf8'), 'postgres');
      await chmod(copy, 0o777);
      await assert.rejects(preparePrograms(native, user), /belongs to somebody else/);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
});
