import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { lintProse } from '../../src/lint/prose.ts';

const findingsOf = async (file: string) => lintProse(file, await readFile(file, 'utf8'));
const short = (findings: ReturnType<typeof lintProse>) => findings.map(({ line, rule }) => `${line} ${rule}`);

const inMistakes = [
  '5 dns-before-promotion',
  '6 promotion-before-fence',
  '7 wait-by-feeling',
  '12 killed-outright',
  '13 all-pods-at-once',
  '14 drain-by-force',
  '15 toggle',
  '18 all-pods-at-once',
  '19 wait-by-feeling',
  '20 secret-in-command',
  '21 toggle',
  '22 drain-by-force',
  '28 dns-before-promotion',
  '28 global-control-plane',
  '29 promotion-before-fence',
  '29 promotion-unchecked',
];

/** By line of the page: what the runbooks of the five systems have, command for command. */
const inFiveSystems = [
  '6 service-cut-off',
  '10 rollback-without-revision',
  '14 drain-by-force',
  '21 switch-that-nobody-reads',
  '29 wait-by-feeling',
  '36 rollback-by-checkout',
  '42 secret-in-command',
  '48 evidence-deleted',
  '54 failover-without-target',
  '60 evidence-deleted',
  '61 evidence-deleted',
  '64 evidence-deleted',
  '70 status-class-as-text',
  '79 one-look-is-no-proof',
  '84 rollback-without-revision',
  '90 secret-in-command',
  '96 switch-that-nobody-reads',
  '99 switch-that-nobody-reads',
  '105 restore-defaults',
  '111 promotion-before-fence',
  '111 promotion-unchecked',
  '116 global-control-plane',
  '124 fixed-region',
  '128 dns-before-promotion',
  '128 global-control-plane',
  '136 promotion-before-fence',
  '136 promotion-unchecked',
  '139 restore-defaults',
  '139 snapshot-by-guess',
];

describe('the lint of whole pages for people', () => {
  it('finds what is done under pressure, in steps that are words and in commands, and nothing in what is right', async () => {
    const findings = await findingsOf('test/lint/mistakes.md');
    assert.deepEqual(short(findings), inMistakes);
    assert.deepEqual(
      findings.filter(({ heading }) => heading === 'What is right'),
      [],
    );
  });

  it('finds the mistakes of the runbooks of the five systems, each with its line and what to do instead', async () => {
    const findings = await findingsOf('test/lint/five-systems.md');
    assert.deepEqual(short(findings), inFiveSystems);
    for (const { rule, heading, instead } of findings) {
      assert.ok(instead.length > 20, rule);
      assert.match(heading, /^(pynomaly|iot|observer|ml)-/, rule);
    }
  });

  it('has no false alarm in our own pages', async () => {
    const pages = (await readdir('docs', { recursive: true })).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`);
    assert.ok(pages.length > 20);
    for (const file of [...pages, 'README.md', 'AGENTS.md']) assert.deepEqual(short(await findingsOf(file)), [], file);
  });
});
