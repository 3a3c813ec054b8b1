import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => existsSync(file));
const contents = new Map(tracked.map((file) => [file, readFileSync(file, 'utf8')]));
const read = (file: string) => contents.get(file) ?? assert.fail(`${file} is not part of the clone`);
const pages = tracked.filter((file) => file === 'README.md' || file === 'AGENTS.md' || /^docs\/.*\.md$/.test(file));
/** Every find of a pattern in the pages, as [page, first group]. */
const found = (pattern: RegExp): [page: string, what: string][] =>
  pages.flatMap((page) => [...read(page).matchAll(pattern)].map(([, what]): [string, string] => [page, what!]));

/** The anchors of a page, as its headings make them. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}

const program = await createProgram();

/** What is wrong with one command line of ours, as a sentence; undefined when the program would know all of it. */
function unknownIn(line: string): string | undefined {
  const words = line
    .replace(/\s#.*$/, '')
    .replace(/"[^"]*"/g, '…')
    .trim()
    .split(/\s+/);
  if (words[0] === 'test') return read('muster').includes('= test ]') ? undefined : 'the launcher knows no test';
  let command: Command = program;
  const options = [...command.options];
  while (words[0] !== undefined && !words[0].startsWith('-')) {
    const next = command.commands.find((candidate) => candidate.name() === words[0]);
    if (!next && command.commands.length > 0) return `there is no command ${words[0]}`;
    if (!next) break;
    command = next;
    options.push(...command.options);
    words.shift();
  }
  const unknown = words.filter((word) => /^--?[a-z]/.test(word) && !options.some(({ long, short }) => word === long || word === short));
  return unknown.filter((word) => word !== '--help').map((word) => `${command.name()} has no option ${word}`)[0];
}

describe('the docs', () => {
  it('link only to what is there', () => {
    for (const [page, link] of found(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path, anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path!);
      assert.ok(existsSync(target), `${page} links to ${link}, which does not exist`);
      if (anchor !== undefined) assert.ok(anchorsOf(target).includes(anchor), `${page} links to ${link}, which has no such heading`);
    }
  });

  it('name only commands and options that the command line has', () => {
    const lines = found(/\.\/muster ((?:[^`\n|)]|\\\n)+)/g);
    assert.ok(lines.length > 20);
    for (const [page, line] of lines) assert.equal(unknownIn(line), undefined, `${page}: ./muster ${line}`);
  });

  it('would notice a command or an option that does not exist', () => {
    assert.match(unknownIn('rescue --now') ?? '', /no command rescue/);
    assert.match(unknownIn('range explode') ?? '', /no command explode/);
    assert.match(unknownIn('demo --sideways') ?? '', /no option --sideways/);
    assert.equal(unknownIn('range break lose-region --region east   # now'), undefined);
  });

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [page, script] of found(/npm run ([\w:-]+)/g)) assert.ok(scripts[script], `${page}: npm run ${script}`);
  });

  it('name only files and folders that the clone has', () => {
    for (const [page, path] of found(/`((?:src|test|docs|deploy|environments|bench)\/[\w./-]*)`/g)) {
      const here = tracked.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));
      assert.ok(here, `${page} names ${path}, which does not exist`);
    }
  });

  it('name only variables that something reads', () => {
    const code = tracked.filter(
      (file) => /^(src|test|environments|muster$|docker-compose\.yml$|Dockerfile$|deploy)/.test(file) && !file.endsWith('docs.test.ts'),
    );
    const all = code.map(read).join('\n');
    for (const [page, name] of found(/\b(MUSTER_[A-Z_]+)\b/g)) assert.ok(all.includes(name), `${page} names ${name}, which nothing reads`);
  });

  it('stay short enough to be read', () => {
    // That of every key is looked things up in, and made from the schema.
    for (const page of pages.filter((name) => name !== 'docs/environment.md'))
      assert.ok(read(page).split('\n').length <= 200, `${page} is too long`);
  });
});

describe('the clone', () => {
  const contain = (pattern: RegExp) =>
    tracked.flatMap(
      (file) =>
        read(file)
          .match(pattern)
          ?.map((text) => `${file}: ${text}`) ?? [],
    );

  it('names no package registry', () => {
    assert.deepEqual(
      contain(
        /\b(registry\.(npmjs|yarnpkg)|files\.pythonhosted|pypi\.(org|io)|proxy\.golang|repo1?\.maven|crates\.io|deb\.debian)\b[\w./-]*/g,
      ),
      [],
    );
  });

  it("holds no path of somebody's machine", () => {
    assert.deepEqual(contain(/(?<![\w.-])(file:\/\/)?\/(work|root|home|Users)\/[\w.-]+[\w./-]*/g), []);
  });
});
