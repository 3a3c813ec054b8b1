import assert from 'node:assert/strict';
import { programVersion } from '../../src/activities/kit/programs.ts';
import { approversAreEnough } from '../../src/workflows/readiness/people-checks.ts';
import type { WatchList } from '../../src/workflows/readiness/watch-list.ts';

type Person = WatchList['people'][number];
const person = (subject: string, duties: string[], more: Partial<Person> = {}): Person => ({
  ...{ subject, name: subject, roles: ['approver'], duties, hasToken: true },
  ...more,
});
const approval = (quorum: number, stronger = { duty: 'commander', quorum }): WatchList['approval'] => ({
  ...{ duty: 'commander', quorum, stronger, escalateTo: [], withinMs: 1, expiresAfterMs: 1 },
});
const found = (quorum: number, people: Person[], stronger?: { duty: string; quorum: number }) =>
  approversAreEnough({ approval: approval(quorum, stronger), people }).map(({ state, resource, have }) => [state, resource, have]);

describe('the approvers of a recovery', () => {
  const [ana, ben] = [person('ana', ['commander']), person('ben', ['commander'])];
  const sam = person('sam', [], { roles: ['responder'] });
  const of = 'approvers with the duty commander';

  it('are enough when whoever starts the run is left out', () => {
    assert.deepEqual(found(1, [ana, ben]), [['ok', of, '2: ana, ben']]);
    assert.deepEqual(found(2, [ana, ben]), [['failed', of, '2: ana, ben']]);
  });

  it('are warned of when only some may start it', () =>
    assert.deepEqual(found(2, [ana, ben, sam]), [['warning', of, '2: ana, ben; too few when ana or ben starts it']]));

  it('count only with the role and the duty', () => {
    const viewer = person('vic', ['commander'], { roles: ['viewer'] });
    assert.deepEqual(found(1, [viewer, sam]), [['failed', of, '0']]);
  });

  it('are looked at for the stronger approval too, and for a token to decide with', () => {
    const kim = person('kim', ['owner'], { hasToken: false });
    assert.deepEqual(found(1, [ana, ben, kim], { duty: 'owner', quorum: 2 }), [
      ['ok', of, '2: ana, ben'],
      ['failed', 'approvers with the duty owner', '1: kim'],
      ['warning', 'kim', 'none'],
    ]);
  });
});

describe('a program that a plan runs', () => {
  it('says its version, or that it is not there', async () => {
    const there = await programVersion('pg_restore');
    assert.ok(there.fits && /\d/.test(there.version!), there.detail);
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      const { fits, version, detail } = await programVersion('kubectl');
      assert.deepEqual([fits, version], [false, null]);
      assert.match(detail, /kubectl/);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
