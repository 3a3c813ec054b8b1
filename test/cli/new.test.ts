import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { check } from 'prettier';
import ts from 'typescript';

const run = promisify(execFile);
const made = {
  scenario: ['queue-backlog.ts', 'queue-backlog.about.ts'].map((file) => `src/workflows/scenarios/${file}`),
  tool: ['index.ts', 'setting.ts'].map((file) => `src/activities/feature-flags/${file}`),
  tests: ['test/scenarios/queue-backlog.test.ts', 'test/activities/feature-flags.test.ts'],
};
const changed = ['src/workflows/index.ts', 'src/workflows/abouts.ts', 'src/workflows/tools.ts', 'src/activities/index.ts'];
const all = [...made.scenario, ...made.tool, ...made.tests, ...changed];

describe('muster new', function () {
  this.timeout(600_000);
  let copy: string;
  const env = { ...process.env, MUSTER_TOOLS: process.env['MUSTER_TOOLS'] ?? resolve('.muster/tools/venv/bin') };
  const muster = (...args: string[]) =>
    run(process.execPath, ['dist/src/cli/main.js', 'new', ...args], { cwd: copy, env }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, text: stderr }),
    );

  const compile = () => run(process.execPath, ['src/build/compile.js'], { cwd: copy, env });

  before(async () => {
    copy = mkdtempSync(join(tmpdir(), 'muster-new-'));
    const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\n');
    for (const file of tracked.filter((one) => /^(src|test|docs|environments)\/|^[^/]+\.(md|json|js|yml)$|^\.prettierrc/.test(one))) {
      if (file.startsWith('test/histories/') || !existsSync(file)) continue;
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(file, join(copy, file));
    }
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
    await compile();
    for (const asked of [
      ['scenario', 'queue-backlog'],
      ['tool', 'feature-flags'],
    ]) {
      const { code, text } = await muster(...asked);
      assert.equal(code, 0, text);
    }
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  it('writes what passes the rules of the house, and fails its one test with a sentence that says what to fill in', async () => {
    await compile();
    const mocha = ['node_modules/mocha/bin/mocha.js', '--no-config', '--timeout=300000', '--reporter=json'];
    const tests = ['test/house.test.ts', ...made.tests].map((file) => `dist/${file.replace(/ts$/, 'js')}`);
    const { stdout } = await run(process.execPath, [...mocha, ...tests], { cwd: copy, env }).catch((failed: { stdout: string }) => failed);
    const { failures } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { failures: { fullTitle: string; err: { message: string } }[] };
    assert.deepEqual(failures.map(({ fullTitle, err }) => [fullTitle, /fill in (\S+),/.exec(err.message)?.[1] ?? err.message]).sort(), [
      ['feature-flags is set once, and changes nothing in a dry run', made.tool[1]],
      ['queueBacklog mends what it is for by what people approve, and proves it', made.scenario[1]],
    ]);
  });

  it('writes what the compiler, the linter and the formatter take as it is', async () => {
    const config = ts.readConfigFile(join(copy, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, copy);
    const program = ts.createProgram(
      all.map((file) => join(copy, file)),
      options,
    );
    const problems = all.flatMap((file) => {
      const source = program.getSourceFile(join(copy, file))!;
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    });
    assert.deepEqual(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
      [],
    );
    const linted = await new ESLint({ cwd: copy }).lintFiles(all);
    assert.deepEqual(
      linted.flatMap(({ messages }) => messages.map(({ message }) => message)),
      [],
    );
    const style = JSON.parse(readFileSync('.prettierrc.json', 'utf8')) as object;
    for (const file of all) assert.ok(await check(readFileSync(join(copy, file), 'utf8'), { ...style, parser: 'typescript' }), file);
  });

  it('takes no name that is none, and writes over nothing', async () => {
    assert.deepEqual(await muster('scenario', '../escape'), {
      code: 2,
      text: 'muster: ../escape is no name: use small letters and dashes\n',
    });
    const { code, text } = await muster('scenario', 'disk-full');
    assert.deepEqual([code, text], [3, 'muster: src/workflows/scenarios/disk-full.ts is there already\n']);
  });
});
