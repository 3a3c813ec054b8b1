import assert from 'node:assert/strict';
import { compiler, folderSources, ownKinds, ownPages } from '../../src/lint/own.ts';
import { lint } from '../../src/lint/lint.ts';
import { rules } from '../../src/lint/rules.ts';
import { proseRules } from '../../src/lint/prose-rules.ts';
import { catalogue } from '../../src/catalogue.ts';
import { muster } from '../cli/support/muster.ts';

describe('our own runbooks', () => {
  it('have no findings but those that they accept with a reason', async () => {
    const sources = folderSources('.');
    const typescript = await compiler();
    assert.ok(typescript);
    const result = lint(typescript, {
      files: ownPages(sources),
      sources,
      allTools: true,
      kinds: await ownKinds('environments/range.yaml'),
    });
    assert.deepEqual(
      result.findings.map(({ file, line, rule, what }) => `${file}:${line} ${rule}: ${what}`),
      [],
    );
    assert.deepEqual(result.pages.sort(), catalogue.map(({ workflow }) => workflow).sort(), 'every runbook is read');
  });
});

describe('our failover, made unsafe', () => {
  const file = 'src/workflows/recovery/fail-over-region.ts';
  const line = (start: string) => new RegExp(`^ *(const \\w+ = )?await ${start}.*\\n`, 'm');
  const cases: [string, string, (text: string) => string][] = [
    ['without its fence', 'promotion-without-fence', (text) => text.replace(line('fenceOldPrimary'), '')],
    [
      'without its look at the lag',
      'promotion-without-lag-check',
      (text) => text.replace(line('checkLag'), '').replace(line('fenceOldPrimary'), fence),
    ],
    [
      'with the traffic moved first',
      'traffic-before-promotion',
      (text) => text.replace(line('fenceOldPrimary'), (found) => `    await moveTraffic(kit, plan);\n${found}`),
    ],
    [
      'with nobody asked',
      'irreversible-without-gate',
      (text) =>
        text
          .replace(/\bgate\(`Fail /, 'watch(`Fail ')
          .replace(line('fenceOldPrimary'), fence)
          .replace(line('checkLag'), ''),
    ],
  ];
  const fence =
    "    await step('Stop writes', () => postgres.fenceDatabase({ database, region: to }), { undo: () => postgres.unfenceDatabase({ database, region: to }) });\n";

  for (const [how, rule, change] of cases) {
    it(`is found ${how}`, async () => {
      const clone = folderSources('.');
      const before = clone.read(file)!;
      const sources = { ...clone, read: (path: string) => (path === file ? change(before) : clone.read(path)) };
      assert.notEqual(sources.read(file), before);
      const typescript = await compiler();
      const { findings } = lint(typescript!, { files: [file], sources, kinds: await ownKinds('environments/range.yaml') });
      assert.ok(findings.map((found) => found.rule).includes(rule), findings.map((found) => found.rule).join(', '));
    });
  }
});

describe('muster lint', () => {
  const shop = 'src/workflows/recovery/fence-on-return.ts';

  it('says what it has read, and what is accepted for which reason', async () => {
    const { code, stdout } = await muster(['lint', shop]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /0 errors, 0 warnings in 1 runbooks; \d accepted/);
    assert.match(stdout, /fence-on-return\.ts:\d+:\d+ {2}undo-missing: \w+/);
  });

  it('gives all of it as JSON', async () => {
    const { stdout } = await muster(['lint', shop, '-o', 'json']);
    const { pages, findings, accepted } = JSON.parse(stdout) as { pages: string[]; findings: unknown[]; accepted: { reason: string }[] };
    assert.deepEqual([pages, findings], [['fenceOnReturn'], []]);
    assert.ok(accepted.every(({ reason }) => reason.length > 20));
  });

  it('lists its rules, each with its reason and where it was seen', async () => {
    const { stdout } = await muster(['lint', '--rules']);
    for (const { id, why, source } of rules) assert.ok(stdout.includes(id) && stdout.includes(why) && stdout.includes(source), id);
    const prose = await muster(['lint', '--rules', '--text']);
    for (const { id } of proseRules) assert.ok(prose.stdout.includes(id), id);
  });

  it('ends with 1 when a runbook for people has a trap, and names its line', async () => {
    const { code, stdout } = await muster(['lint', '--text', 'test/lint/old-runbook.md']);
    assert.equal(code, 1);
    assert.match(stdout, /test\/lint\/old-runbook\.md:6:1 {2}drain-by-force {2}\(A node is ill\)/);
    assert.match(stdout, /1 errors, 1 warnings in 1 files/);
  });

  it('fails for warnings only when it is told to', async () => {
    const only = ['lint', '--text', 'test/lint/warning-only.md'];
    assert.equal((await muster(only)).code, 0);
    assert.equal((await muster([...only, '--strict'])).code, 1);
  });

  it('says in one sentence what it cannot read, and ends with 2', async () => {
    for (const [file, sentence] of [
      ['nowhere.ts', /nowhere\.ts cannot be read/],
      ['README.md', /README\.md is no TypeScript page; --text/],
      ['src/worker.ts', /no runbook in src\/worker\.ts/],
    ] as const) {
      const { code, stderr } = await muster(['lint', file]);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
    }
    assert.equal((await muster(['lint', '--text'])).code, 2);
    assert.equal((await muster(['lint', '--text', 'nowhere.md'])).code, 2);
  });
});
