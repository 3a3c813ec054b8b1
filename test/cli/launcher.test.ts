import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, chmod, copyFile, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const launcher = new URL('../../muster', import.meta.url).pathname;
const basics = ['cat', 'cmp', 'cp', 'date', 'dirname', 'find', 'mkdir', 'mv', 'readlink', 'rm', 'sh', 'sleep', 'tail', 'touch'];

/** Node, npm and python3 as far as the launcher can tell: each writes down that it was called. */
const programs = {
  node: [
    'case "$*" in',
    '  --version) echo "${FAKE_NODE:-v22.3.0}" ;;',
    // As the compiler does it: at its end, and not when it fails.
    '  *compile.js) echo compile >>"$1.calls"; [ -z "${FAKE_COMPILER_FAILS:-}" ] || exit 1; clone=${1%/src/build/compile.js}; mkdir -p "$clone/dist"; echo >"$clone/dist/compiled" ;;',
    '  *) echo "node $*" ;;',
    'esac',
  ].join('\n'),
  npm: 'echo npm >>calls; echo "npm says hello"; [ -z "${FAKE_NPM_FAILS:-}" ] || exit 1; sleep "${FAKE_SLOW:-0}"; mkdir -p node_modules; echo >node_modules/.package-lock.json',
  python3: [
    'case "$*" in',
    '  *version_info*) [ "${FAKE_PYTHON:-3.11}" != 3.9 ] ;;',
    '  *ensurepip*) [ -z "${FAKE_NO_VENV:-}" ] ;;',
    '  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;',
    '  "-m pip "*) echo "pip $*" >>"${0%/.muster/*}/calls" ;;',
    'esac',
  ].join('\n'),
};

describe('the launcher', () => {
  let root: string;
  let clone: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'muster-')));
    clone = join(root, 'clone');
    await mkdir(join(root, 'bin'));
    await mkdir(clone);
    await copyFile(launcher, join(clone, 'muster'));
    await mkdir(join(clone, 'src/build'), { recursive: true });
    await writeFile(join(clone, 'src/main.ts'), '');
    await writeFile(join(clone, 'package-lock.json'), '{}');
    await writeFile(join(clone, 'requirements.lock'), 'moto==5.2.5 --hash=sha256:0\n');
    for (const name of basics) {
      const real = await Promise.any(['/usr/bin', '/bin'].map(async (folder) => access(join(folder, name)).then(() => join(folder, name))));
      await symlink(real, join(root, 'bin', name));
    }
    for (const [name, body] of Object.entries(programs)) await program(name, body);
  });
  afterEach(() => rm(root, { recursive: true }));

  async function program(name: string, body: string): Promise<void> {
    await writeFile(join(root, 'bin', name), `#!/bin/sh\n${body}\n`);
    await chmod(join(root, 'bin', name), 0o755);
  }

  async function run(args: string[] = ['--help'], variables: NodeJS.ProcessEnv = {}, path = join(clone, 'muster')) {
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const options = { cwd: root, env: { PATH: join(root, 'bin'), ...variables } };
      execFile(path, args, options, (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }));
    });
  }
  /** As if everything had been compiled a while ago. */
  const past = async () => {
    const before = new Date(Date.now() - 10_000);
    for (const path of ['src/build', 'src/main.ts', 'src', 'package-lock.json', 'requirements.lock'])
      await utimes(join(clone, path), before, before).catch(() => undefined);
    await utimes(join(clone, 'dist/compiled'), before, new Date(Date.now() - 5_000));
  };
  const calls = async () => (await readFile(join(clone, 'calls'), 'utf8')).trim().split('\n');

  it('installs packages and tools the first time, and nothing the second', async () => {
    const first = await run(['runs']);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /✔ Node packages \(\d+ s\)/);
    assert.match(first.stderr, /✔ pinned tools, Temporal and moto \(\d+ s\)/);
    assert.match(first.stdout, new RegExp(`node --enable-source-maps ${clone}/dist/src/cli/main.js runs`));
    assert.match((await calls()).join('\n'), /--require-hashes --no-deps --only-binary=:all:/);
    assert.match(await readFile(join(clone, '.muster/install.log'), 'utf8'), /npm says hello/);

    const second = await run(['runs']);
    assert.equal(second.stderr, '');
    assert.equal((await calls()).length, 2);
  });

  it('installs again what has changed or was left half done', async () => {
    await run();
    await writeFile(join(clone, 'requirements.lock'), 'moto==5.2.6 --hash=sha256:1\n');
    await rm(join(clone, 'node_modules/.package-lock.json'));
    await run();
    assert.equal((await calls()).length, 4);
    const later = new Date(Date.now() + 60_000);
    await utimes(join(clone, 'package-lock.json'), later, later);
    await run();
    assert.equal((await calls()).length, 5);
  });

  it('shows the end of the log when an installation fails, and tries again the next time', async () => {
    const failed = await run([], { FAKE_NPM_FAILS: 'yes' });
    assert.equal(failed.code, 2);
    assert.match(failed.stderr, /✖ Node packages.*\nnpm says hello\n/);
    assert.match(failed.stderr, /the installation failed; all of it is in \S+install\.log/);
    assert.equal((await run()).code, 0);
  });

  it('lets two at once install only once', async () => {
    const both = await Promise.all([run([], { FAKE_SLOW: '1' }), run([], { FAKE_SLOW: '1' })]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal((await calls()).length, 2);
  });

  it('takes over the lock of a launcher that is gone', async () => {
    await mkdir(join(clone, '.muster/install.lock'), { recursive: true });
    await writeFile(join(clone, '.muster/install.lock/pid'), '999999999');
    assert.equal((await run()).code, 0);
  });

  it('works from another folder and by a symlink', async () => {
    await symlink('clone/muster', join(root, 'linked'));
    const { stdout } = await run(['runs'], {}, join(root, 'linked'));
    assert.match(stdout, new RegExp(`${clone}/dist/src/cli/main.js runs`));
  });

  it('hands arguments of `test` on to what runs tests', async () => {
    const { stdout } = await run(['test', 'test/kit', '--grep', 'two words']);
    assert.match(stdout, /node --enable-source-maps dist\/test\/runner\/main.js test\/kit --grep two words/);
  });

  it('compiles once, and again when a source was changed, renamed or removed', async () => {
    const compiled = async () => (await readFile(join(clone, 'src/build/compile.js.calls'), 'utf8')).trim().split('\n').length;
    await run();
    await run();
    assert.equal(await compiled(), 1);
    const later = async (path: string) => utimes(join(clone, path), new Date(), new Date(Date.now() + 60_000));
    for (const [change, times] of [
      [() => later('src/main.ts'), 2],
      [() => rename(join(clone, 'src/main.ts'), join(clone, 'src/other.ts')), 3],
      [() => rm(join(clone, 'src/other.ts')), 4],
    ] as const) {
      await past();
      await change();
      await run();
      assert.equal(await compiled(), times);
    }
  });

  it('lets two at once compile only once, and starts nothing that does not compile', async () => {
    assert.equal((await run([], { FAKE_COMPILER_FAILS: 'yes' })).code, 2);
    await Promise.all([run(), run()]);
    assert.equal((await readFile(join(clone, 'src/build/compile.js.calls'), 'utf8')).trim().split('\n').length, 2);
  });

  it('leaves the tools alone when MUSTER_TOOLS brings them', async () => {
    await run([], { MUSTER_TOOLS: join(root, 'bin') });
    assert.deepEqual(await calls(), ['npm']);
  });

  for (const [missing, variables, sentence] of [
    ['Node is too old', { FAKE_NODE: 'v20.18.1' }, /^muster: Node v20\.18\.1 is too old; install Node 20\.19 or newer/],
    ['Python is too old', { FAKE_PYTHON: '3.9' }, /^muster: python3 is too old.*install Python 3\.10/],
    ['Python has no venv', { FAKE_NO_VENV: 'yes' }, /^muster: python3 has no venv module; install it/],
  ] as const) {
    it(`says it in one sentence when ${missing}`, async () => {
      const { code, stderr } = await run([], variables);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.equal(stderr.trim().split('\n').length, 1);
    });
  }

  for (const [name, sentence] of [
    ['node', /^muster: Node is not installed; install Node 20\.19/],
    ['npm', /^muster: npm is not installed/],
    ['python3', /^muster: python3 is not installed; install Python 3\.10/],
  ] as const) {
    it(`says it in one sentence when ${name} is not there`, async () => {
      await rm(join(root, 'bin', name));
      const { code, stderr } = await run();
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.equal(stderr.trim().split('\n').length, 1);
    });
  }
});
