import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classify, read } from '../../src/activities/kit/kinds.ts';
import { rememberSecret } from '../../src/activities/kit/redact.ts';
import { runCommand, type Command } from '../../src/activities/kit/run-command.ts';
import { eventually } from '../eventually.ts';
import { failureOf, inStep } from './in-step.ts';

const node = process.execPath;
const command = (script: string, more: Partial<Command> = {}): Command => ({
  file: node,
  args: ['-e', script],
  kind: 'read',
  timeoutMs: 20_000,
  ...more,
});
const run = (asked: Command) => inStep(read(runCommand), asked);

/** A program whose grandchild writes its own id to a file, ignores SIGTERM and would run for a minute. */
const family = (file: string) => {
  const grandchild = `process.on("SIGTERM", () => {}); require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid)); setTimeout(() => {}, 60000)`;
  return `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' }); setTimeout(() => {}, 60000)`;
};

describe('the command runner', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'muster-command-'))));
  after(() => rm(folder, { recursive: true }));

  const grandchildOf = (file: string) =>
    eventually(
      'the grandchild',
      async () => Number(await readFile(file, 'utf8')),
      (pid) => pid > 0,
      5_000,
    );

  it('answers what a program wrote, without control sequences and secrets, and records the call', async () => {
    const { result, evidence } = await run(
      command(`console.log('\\u001b[31mred\\u001b[0m password=' + 'open' + 'sesame'); console.error('oh')`),
    );
    assert.deepEqual([result.stdout, result.stderr, result.stdoutBytes], ['red password=[redacted]\n', 'oh\n', 33]);
    assert.deepEqual([evidence.length, evidence[0]!.tool, evidence[0]!.ok], [1, 'command', true]);
  });

  it('keeps the last 64 KB of 50 MB', async () => {
    const script = `const line = 'x'.repeat(1023) + '\\n'; let left = 50 * 1024; const more = () => { while (left-- > 0) if (!process.stdout.write(line)) return process.stdout.once('drain', more); process.stdout.write('the end'); }; more()`;
    const { result } = await run(command(script));
    assert.equal(result.stdoutBytes, 50 * 1024 * 1024 + 7);
    assert.ok(result.stdout.length <= 64 * 1024 + 1 && result.stdout.endsWith('the end'));
  });

  it('refuses values that could be options, and control characters anywhere, before it starts anything', async () => {
    for (const args of [[{ value: '--kubeconfig=/etc/passwd' }], [{ value: '-H' }], [{ value: 'a\nb' }], ['fixed\u0000word']]) {
      const { name, evidence } = await failureOf(run({ file: node, args, kind: 'change', timeoutMs: 1_000 }));
      assert.deepEqual([name, evidence.length], ['InvalidInput', 0]);
    }
  });

  it('passes arguments on as they are, never through a shell', async () => {
    const nasty = '$(touch /tmp/x); `id` | cat > "y" & *';
    const { result } = await run({
      file: node,
      args: ['-e', 'console.log(process.argv[1])', { value: nasty }],
      kind: 'read',
      timeoutMs: 10_000,
    });
    assert.equal(result.stdout, `${nasty}\n`);
  });

  it('passes on nothing of our own variables but PATH, HOME and LANG, and its own mark', async () => {
    process.env['MUSTER_TEST_CANARY'] = 'seen';
    const { result } = await run(command('console.log(JSON.stringify(process.env))', { env: { KUBECONFIG: '/k' } }));
    delete process.env['MUSTER_TEST_CANARY'];
    const passed = Object.keys(JSON.parse(result.stdout) as object).filter(
      (name) => !['PATH', 'HOME', 'LANG', 'MUSTER_COMMAND'].includes(name),
    );
    assert.deepEqual(passed, ['KUBECONFIG']);
  });

  it('ends the whole process tree when the step is cancelled', async () => {
    const file = join(folder, 'cancelled');
    const running = inStep(read(runCommand), command(family(file)), {
      onStart: (mock) => void grandchildOf(file).then(() => mock.cancel()),
    });
    await assert.rejects(running, { name: 'CancelledFailure' });
    await expectGone(await grandchildOf(file));
  });

  it('ends the whole process tree when time is over, and says that the outcome is unknown', async () => {
    const file = join(folder, 'late');
    const late = failureOf(inStep(read(runCommand), command(family(file), { timeoutMs: 2_000, kind: 'change' })));
    const { message, evidence } = await late;
    assert.match(message, /did not end within 2000 ms/);
    assert.equal(evidence[0]!.ok, false);
    await expectGone(await grandchildOf(file));
  });

  /** A shell whose children outlive it: one in its group that holds its output, and one that left the group and lets go of everything. */
  const deserters = (file: string, end: string) => {
    const write = (name: string) => `echo $$ > ${file}-${name}; trap '' TERM; while :; do sleep 1; done`;
    return ['-c', `sh -c ${quoted(write('holder'))} & setsid sh -c ${quoted(write('leaver'))} </dev/null >/dev/null 2>&1 & ${end}`];
  };
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const both = (file: string) => Promise.all(['holder', 'leaver'].map((name) => grandchildOf(`${file}-${name}`)));

  it('answers when a program has ended, and ends what it left running, in its group or not', async () => {
    const file = join(folder, 'deserted');
    const until = `while [ ! -s ${file}-holder ] || [ ! -s ${file}-leaver ]; do sleep 0.05; done; echo done; exit`;
    const started = performance.now();
    const { result, evidence } = await run({ file: 'sh', args: deserters(file, `${until} 0`), kind: 'change', timeoutMs: 30_000 });
    assert.equal(result.stdout, 'done\n');
    assert.ok(performance.now() - started < 15_000, 'it waits for nobody who was left behind');
    assert.deepEqual(
      evidence.map(({ tool, ok }) => [tool, ok]),
      [
        ['muster', true],
        ['command', true],
      ],
    );
    for (const pid of await both(file)) await expectGone(pid);
    const failed = await failureOf(
      run({
        file: 'sh',
        args: deserters(join(folder, 'failed'), `${until.replaceAll('deserted', 'failed')} 3`),
        kind: 'change',
        timeoutMs: 30_000,
      }),
    );
    assert.match(failed.message, /^sh ended with exit code 3: done/);
    for (const pid of await both(join(folder, 'failed'))) await expectGone(pid);
  });

  it('ends those who left the group too when time is over, though they do not listen to SIGTERM', async () => {
    const file = join(folder, 'stubborn');
    const asked = {
      file: 'sh',
      args: deserters(file, `trap '' TERM; while :; do sleep 1; done`),
      kind: 'change',
      timeoutMs: 2_000,
    } as const;
    const { name, message } = await failureOf(inStep(classify('change', runCommand), asked));
    assert.deepEqual([name, message], ['UnknownOutcome', 'sh did not end within 2000 ms, and was ended with all its processes']);
    for (const pid of await both(file)) await expectGone(pid);
    assert.equal((await failureOf(run({ ...asked, kind: 'read', timeoutMs: 300 }))).name, 'Transient');
  });

  it('ends a read that says more than it may, and lets a change come to its end', async () => {
    const file = join(folder, 'talker');
    const endless = {
      file: 'sh',
      args: ['-c', `echo $$ > ${file}; yes`],
      kind: 'read',
      timeoutMs: 30_000,
      wholeStdout: 1024 * 1024,
    } as const;
    const { name, message } = await failureOf(run(endless));
    assert.deepEqual([name, message], ['Permanent', 'sh answered more than 1048576 bytes']);
    await expectGone(await grandchildOf(file));
    const script = `process.stdout.write('x'.repeat(3 * 1024 * 1024), () => require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'written'))}, 'yes'))`;
    const change = await failureOf(run(command(script, { kind: 'change', wholeStdout: 1024 * 1024 })));
    assert.equal(change.name, 'Permanent');
    assert.equal(await readFile(join(folder, 'written'), 'utf8'), 'yes');
  });

  it('keeps the end of a line of 3 MB and of binary output as text that moves no cursor, and takes no time over it', async () => {
    const line = await run(command(`process.stdout.write('a.'.repeat(1536 * 1024))`));
    assert.equal(line.result.stdoutBytes, 3 * 1024 * 1024);
    assert.match(line.result.stdout, /^…[a.]+$/);
    const bytes = `Buffer.from(Array.from({ length: 256 }, (_, index) => index))`;
    const failed = await failureOf(run(command(`for (let i = 0; i < 4000; i++) process.stderr.write(${bytes}); process.exitCode = 7`)));
    assert.match(failed.message, /ended with exit code 7/);
    for (const text of [failed.message, failed.evidence[0]!.outcome])
      // eslint-disable-next-line no-control-regex -- control characters are what this looks for
      assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
    assert.ok(JSON.stringify(failed.evidence).length < 8 * 1024);
    const lag = await longestPause(() => run(command(`process.stdout.write('eyJaaaaaaaaa.a-b://'.repeat(160 * 1024))`)));
    assert.ok(lag < 2_000, `the worker stood still for ${lag} ms`);
  });

  it('tells no part of a secret that was cut in two', async () => {
    rememberSecret('open-sesame-canary');
    const script = `for (let i = 0; i < 40000; i++) process.stdout.write(' '.repeat(i % 7) + 'open-' + 'sesame-canary')`;
    const { result } = await run(command(script));
    assert.match(result.stdout, /\[redacted\]$/);
    assert.doesNotMatch(result.stdout, /open|sesame|canary/);
  });

  it('writes standard output whole to a file that only we can read, and feeds a file as standard input', async () => {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    const bytes = Buffer.alloc(3 * 1024 * 1024, '\u0000binary\u001b[31m');
    await writeFile(from, bytes);
    const { result } = await run(command('process.stdin.pipe(process.stdout)', { stdin: from, stdoutTo: to }));
    assert.deepEqual([result.stdout, result.stdoutBytes], ['', bytes.byteLength]);
    assert.ok(bytes.equals(await readFile(to)));
    assert.equal((await stat(to)).mode & 0o777, 0o600);
    const { message } = await failureOf(run(command('process.stdin.pipe(process.stdout)', { stdin: join(folder, 'nowhere') })));
    assert.match(message, /ENOENT/);
  });

  it('says how a program failed, with the end of what it wrote', async () => {
    const { name, message } = await failureOf(run(command(`console.error('no such pod'); process.exit(4)`)));
    assert.deepEqual([name, /exit code 4: no such pod/.test(message)], ['Permanent', true]);
    assert.equal((await failureOf(run(command('process.exit(4)', { exitCodes: { 4: 'notYet' } })))).name, 'NotYet');
    assert.match((await failureOf(run({ file: 'no-such-program', args: [], kind: 'read', timeoutMs: 1_000 }))).message, /ENOENT/);
  });
});

/** Longest time in ms that nothing else could be done while this was under way. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let [longest, last] = [0, performance.now()];
  const look = () => {
    const now = performance.now();
    [longest, last] = [Math.max(longest, now - last), now];
  };
  const beat = setInterval(look, 10);
  await work();
  look();
  clearInterval(beat);
  return Math.round(longest);
}

/** A process is gone when it cannot be signalled, or is a zombie that nobody has collected yet. */
async function expectGone(pid: number): Promise<void> {
  const state = () =>
    readFile(`/proc/${pid}/status`, 'utf8').then(
      (status) => /^State:\s+(\S)/m.exec(status)?.[1],
      () => 'gone',
    );
  await eventually(`the end of ${pid}`, state, (seen) => seen === 'gone' || seen === 'Z', 2_000);
}
