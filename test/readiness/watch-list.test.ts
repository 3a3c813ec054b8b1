import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookCode } from '../../src/config/runbook-code.ts';
import { parseEnvironment } from '../../src/config/environment.ts';
import { watchListOf } from '../../src/readiness/watch-list.ts';

const read = (file: string, more = '') => parseEnvironment(`${readFileSync(join('environments', file), 'utf8')}${more}`, file);
const names = (file: string, more = '') => watchListOf(read(file, more)).plans.map(({ name }) => name);

describe('what readiness looks at', () => {
  it('is every recovery that the environment allows, unless its file lists some', () => {
    assert.deepEqual(names('range.yaml'), [
      ...['fail-over-region shop east west', 'fail-over-region shop west east'],
      ...['restore-from-snapshot shop east west', 'restore-from-snapshot shop west east'],
      ...['restore-database-to-point-in-time shop east', 'restore-database-to-point-in-time shop west'],
      ...['east', 'west', 'ledger-east-1', 'ledger-east-2'].map((to) => `fail-over-database-cluster ledger ${to}`),
      ...['roll-back-deployment shop east', 'roll-back-deployment shop west'],
    ]);
    const listed = 'readiness: { plans: [{ runbook: promote-read-replica, input: { service: shop, from: east, to: west } }] }\n';
    assert.deepEqual(names('range.yaml', listed), ['promote-read-replica shop east west']);
  });

  it('is found for every environment file that comes along', () => {
    for (const file of readdirSync('environments').filter((name) => name.endsWith('.yaml'))) {
      const { plans } = watchListOf(read(file));
      assert.ok(
        plans.every(({ plan, code }) => plan !== null && code !== null),
        file,
      );
    }
  });

  it('keeps a listed plan that does not fit, with the reason', () => {
    const listed = 'readiness: { plans: [{ runbook: fail-over-region, input: { service: shop, from: east, to: mars } }] }\n';
    const [plan] = watchListOf(read('range.yaml', listed)).plans;
    assert.equal(plan!.plan, null);
    assert.match(plan!.problem!, /\/to "mars" is no region of shop/);
  });

  it('has the same digest for the same file, and another when anything in it matters and has changed', () => {
    const digest = (more = '') => watchListOf(read('range.yaml', more)).digest;
    assert.equal(digest(), digest());
    assert.notEqual(digest('readiness: { every: 10m }\n'), digest());
  });

  it('names the programs that a plan would run', () => {
    const programs = (file: string, plan: string) => watchListOf(read(file)).plans.find(({ name }) => name === plan)?.programs;
    assert.deepEqual(programs('range.yaml', 'roll-back-deployment shop east'), []);
    const backups = 'readiness: { plans: [{ runbook: restore-from-backup, input: { service: shop, region: east, action: restore } }] }\n';
    assert.deepEqual(watchListOf(read('range.yaml', backups)).plans[0]!.programs, ['pg_dump', 'pg_restore']);
  });

  it('knows the code of every runbook, each by its own digest', () => {
    const pages = ['recovery', 'scenarios']
      .flatMap((room) => readdirSync(join('src/workflows', room)))
      .filter((page) => !page.endsWith('.about.ts'));
    const digests = pages.map((page) => runbookCode(page.replace('.ts', '')));
    assert.ok(digests.every((digest) => digest !== null));
    assert.equal(new Set(digests).size, pages.length);
    assert.equal(runbookCode('no-such-runbook'), null);
  });
});
