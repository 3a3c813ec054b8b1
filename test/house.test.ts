import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
const camel = (kebab: string) => kebab.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

describe('the house', () => {
  it('keeps runbooks and kit files to 80 lines and every file to 200', () => {
    const limit = (file: string) => (/^src\/workflows\/(kit|recovery|scenarios)\//.test(file) ? 80 : 200);
    assert.deepEqual(
      sources.filter((file) => lines(file) > limit(file)).map((file) => `${file}: ${lines(file)}`),
      [],
    );
  });

  it('lists every runbook in the index, the catalogue and the docs, and tests it', () => {
    const files = filesUnder('src/workflows').filter((file) => /\/(recovery|scenarios|lifecycle)\//.test(file));
    const names = files.map((file) => file.split('/').at(-1)!.replace('.ts', ''));
    const index = read('src/workflows/index.ts');
    for (const name of names) assert.match(index, new RegExp(`export \\{ ${camel(name)} \\}`), `src/workflows/index.ts lacks ${name}`);
    const runbooks = files.filter((file) => !file.includes('/lifecycle/')).map((file) => file.split('/').at(-1)!.replace('.ts', ''));
    // An exercise is started like a runbook, and is the life of one.
    assert.deepEqual(catalogue.map(({ name }) => name).sort(), [...runbooks, 'drill'].sort());
    const docs = read('README.md') + filesUnder('docs').map(read).join();
    const tests = filesUnder('test').map(read).join();
    for (const { name, workflow } of catalogue) {
      assert.ok(docs.includes(`\`${name}\``), `no doc names ${name}`);
      assert.ok(tests.includes(name) || tests.includes(workflow), `no test names ${name}`);
    }
  });

  it('classifies every activity', async () => {
    const activities = createActivities(await loadEnvironment('environments/range.yaml'));
    const unclassified = Object.entries(activities).filter(([, activity]) => kindOf(activity) === undefined);
    assert.deepEqual(
      unclassified.map(([name]) => name),
      [],
    );
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
