import assert from 'node:assert/strict';
import type { Running } from '../../src/activities/kit/releases.ts';
import { compatibility } from '../../src/workflows/facts/rollback-facts.ts';
import { causeOf, targetOf, type RollBack } from '../../src/workflows/plans/rollback-plan.ts';

const release = (revision: string, image: string, digest: string | null, schema: string | null = '1') => ({
  ...{ revision, image, digest, schema, createdAt: '2026-11-21T02:50:00Z' },
});
const [old, good, bad] = [
  release('1', 'shop:1.3.0', 'sha256:old'),
  release('2', 'shop:1.4.0', 'sha256:good'),
  release('3', 'shop:1.5.0', 'sha256:bad'),
];
const rollout = (revision: string, startedAt: string, state = 'Successful') => ({ revision, startedAt, state });
const running: Running = {
  ...{ wanted: bad, releases: [bad, good, old], underWay: null, instances: [], events: [] },
  rollouts: [rollout('3', '2026-11-21T02:58:00Z'), rollout('2', '2026-11-10T03:00:00Z')],
};

const madeAt = (one: typeof bad, createdAt: string) => ({ ...one, revision: one.digest!, createdAt });
/** As images on one machine are known. */
const byDigest = {
  releases: [
    madeAt(release('', 'shop:next', 'sha256:next'), '2026-11-21T02:55:00Z'),
    madeAt(bad, '2026-11-21T02:50:00Z'),
    madeAt(good, '2026-11-20T02:50:00Z'),
    madeAt(old, '2026-11-01T02:50:00Z'),
  ],
  rollouts: [rollout('sha256:bad', '2026-11-21T02:58:00Z')],
};

describe('the release to go back to', () => {
  const cases: [string, string | null, Partial<Running>, string][] = [
    ['is the one that ran before', null, {}, 'shop:1.4.0'],
    [
      'is the one that ran before, not the one with the number below',
      null,
      { rollouts: [rollout('3', ''), rollout('1', '')] },
      'shop:1.3.0',
    ],
    ['is none whose rollout failed', null, { rollouts: [rollout('3', ''), rollout('2', '', 'Failed'), rollout('1', '')] }, 'shop:1.3.0'],
    ['is the older one when no rollout is known', null, { rollouts: [] }, 'shop:1.4.0'],
    [
      'is the newest that was made before when revisions are no numbers',
      null,
      { ...byDigest, wanted: { ...bad, revision: 'sha256:bad' } },
      'shop:1.4.0',
    ],
    ['is not the same image under another revision', null, { rollouts: [], releases: [bad, { ...bad, revision: '2' }, old] }, 'shop:1.3.0'],
    ['can be named by its tag', '1.3.0', {}, 'shop:1.3.0'],
    ['can be named by its revision', '1', {}, 'shop:1.3.0'],
    ['can be named by its digest', 'sha256:old', {}, 'shop:1.3.0'],
    ['can be named whole', 'shop:1.3.0@sha256:old', {}, 'shop:1.3.0'],
  ];
  for (const [title, to, more, expected] of cases) {
    it(title, () => assert.equal(targetOf({ ...running, ...more }, to).image, expected));
  }

  it('is refused with all that are known when there is none', () => {
    assert.throws(
      () => targetOf(running, '9.9.9'),
      /no release is called 9\.9\.9; known: shop:1\.5\.0 \(revision 3, sha256:bad\); shop:1\.4\.0/,
    );
    assert.throws(() => targetOf({ ...running, releases: [bad], rollouts: [] }, null), /nothing ran before shop:1\.5\.0/);
  });
});

describe('the cause', () => {
  const plan = { causeWithinMs: 30 * 60_000, withoutCause: false } as RollBack;
  const onset = '2026-11-21T03:00:00Z';

  it('is a rollout of what runs, shortly before the trouble', () => {
    assert.deepEqual(causeOf(plan, running, onset), { onset, fits: true, why: 'rolled out at 2026-11-21T02:58:00Z, 120 s before' });
    const again = { ...running, rollouts: [rollout('3', '2026-11-21T03:10:00Z'), ...running.rollouts] };
    assert.equal(causeOf(plan, again, onset).fits, true, 'an earlier rollout of it counts too');
    assert.match(causeOf(plan, { ...running, rollouts: [] }, onset).why, /rolled out at 2026-11-21T02:50:00Z, 600 s before/);
  });

  it('is also one that seems a few seconds late, because clocks differ', () => {
    assert.match(causeOf(plan, running, '2026-11-21T02:57:50Z').why, /^rolled out at 2026-11-21T02:58:00Z, at the same time$/);
    assert.throws(() => causeOf(plan, running, '2026-11-21T02:57:40Z'), /20 s after the trouble began/);
  });

  const unfit: [string, Running, string | null, RegExp][] = [
    ['a rollout long before', running, '2026-11-21T05:00:00Z', /7320 s before it; look elsewhere/],
    ['a rollout afterwards', running, '2026-11-21T02:57:00Z', /60 s after the trouble began/],
    [
      'a rollout of another release',
      { ...running, wanted: { ...good, createdAt: null }, rollouts: running.rollouts.slice(0, 1) },
      onset,
      /no rollout/,
    ],
  ];
  it('is left to people, with the stronger approval, when nobody knows when the trouble began', () => {
    assert.deepEqual(causeOf(plan, running, null), { onset: null, fits: false, why: 'nobody knows when the trouble began' });
  });

  for (const [title, now, began, why] of unfit) {
    it(`is not ${title}, unless people insist`, () => {
      assert.throws(() => causeOf(plan, now, began), why);
      assert.equal(causeOf({ ...plan, withoutCause: true }, now, began).fits, false);
    });
  }
});

describe('the schema', () => {
  const cases: [string, string | null, string | null, { version: string; worksFrom: string | null } | undefined, string][] = [
    ['is good when the database is where the release is', '2', '1', { version: '1', worksFrom: null }, 'good'],
    ['is bad when it went on', '2', '1', { version: '2', worksFrom: null }, 'bad'],
    ['is good when it went on and says that it still works', '2', '1', { version: '2', worksFrom: '1' }, 'good'],
    ['is bad when it says that it no longer works', '3', '1', { version: '3', worksFrom: '2' }, 'bad'],
    ['is bad when the release is ahead of it', '1', '3', { version: '2', worksFrom: '1' }, 'bad'],
    ['is what the labels say when nobody asks the database', '1', '1', undefined, 'good'],
    ['is bad when the labels differ', '2', '1', undefined, 'bad'],
    ['is unknown when the release says nothing', '2', null, { version: '1', worksFrom: null }, 'unknown'],
    ['is unknown when nobody says anything', null, '1', undefined, 'unknown'],
    ['is bad when its versions cannot be compared', '2026a', '2025b', { version: '2026a', worksFrom: '2025a' }, 'bad'],
  ];
  for (const [title, now, target, schema, verdict] of cases) {
    it(title, () => assert.equal(compatibility({ ...bad, schema: now }, { ...good, schema: target }, schema).verdict, verdict));
  }
});
