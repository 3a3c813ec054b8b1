import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bookLists } from '../src/build/book-lists.ts';
import { camel, codeLists } from '../src/build/code-lists.ts';
import { catalogue } from '../src/catalogue.ts';
import { createActivities } from '../src/activities/index.ts';
import { kindOf } from '../src/activities/kit/kinds.ts';
import { loadEnvironment } from '../src/config/environment.ts';

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
const sources = filesUnder('src').filter((file) => file.endsWith('.ts'));
const read = (file: string) => readFileSync(file, 'utf8');
const lines = (file: string) => read(file).split('\n').length - 1;

describe('the house', () => {
  it('keeps the pages of runbooks to 80 lines and every file to 200', () => {
    const limit = (file: string) => (/^src\/workflows\/(recovery|scenarios)\//.test(file) ? 80 : 200);
    assert.deepEqual(
      filesUnder('src')
        .filter((file) => /\.(tsx?|js|css)$/.test(file) && lines(file) > limit(file))
        .map((file) => `${file}: ${lines(file)}`),
      [],
    );
  });

  it('has a declaration beside every runbook, and a test that knows it', async () => {
    const pages = filesUnder('src/workflows').filter((file) => /\/(recovery|scenarios)\/[\w-]+\.ts$|\/lifecycle\/drill\.ts$/.test(file));
    const tests = filesUnder('test').map(read).join();
    for (const page of pages) {
      const about = page.replace(/\.ts$/, '.about.ts');
      assert.ok(sources.includes(about), `${page} has no ${about}`);
      assert.doesNotMatch(read(about), /^import (?!type )/m, `${about} holds data only`);
      const name = page.split('/').at(-1)!.replace('.ts', '');
      assert.ok(read(about).includes(`name: '${name}',`), `${about} says another name than that of its page`);
      assert.ok(tests.includes(name) || tests.includes(camel(name)), `no test names ${name}`);
    }
    // An exercise is started like a runbook, and is the life of one.
    assert.equal(catalogue.length, pages.length);
  });

  it('has lists that are made from what is there (npm run lists)', async () => {
    for (const { file, text } of [...codeLists('.'), ...(await bookLists('.'))]) assert.ok(read(file) === text, `${file} is out of date`);
  });

  it('classifies every activity', async () => {
    const activities = createActivities(await loadEnvironment('environments/range.yaml'));
    const unclassified = Object.entries(activities).filter(([, activity]) => kindOf(activity) === undefined);
    assert.deepEqual(
      unclassified.map(([name]) => name),
      [],
    );
  });

  it('knows the shop in the range only: what proves a service is said by its environment', () => {
    const knowing = sources.filter((file) => !file.startsWith('src/range/') && /['"`}]\/orders\b|\/health\/ready/.test(read(file)));
    assert.deepEqual(knowing, []);
  });

  it('leaves execa to the command runner alone', () => {
    const users = sources.filter((file) => /from 'execa'/.test(read(file)));
    assert.deepEqual(users, ['src/activities/kit/run-command.ts']);
  });

  it('keeps no mutable state at module level in workflow code', () => {
    const mutable = sources.filter((file) => file.startsWith('src/workflows/') && /^(export )?let /m.test(read(file)));
    assert.deepEqual(mutable, []);
  });
});
