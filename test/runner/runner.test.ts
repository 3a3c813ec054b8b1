import assert from 'node:assert/strict';
import Mocha from 'mocha';
import type { RunView } from '../../src/workflows/messages.ts';
import { eventually, whereItStands } from '../eventually.ts';
import { allTests, choose } from './suites.ts';
import { closing, slowest, sumOf } from './summary.ts';
import { choosable, touchedBy } from './touched.ts';
import './watchdog.ts';

const since = new Date(Date.now() - 90_000).toISOString();
/** Of a view only what is told. */
const view = {
  ...{ runId: 'fail-over-1', state: 'pendingApproval', status: 'waits for approval', phase: 'Fence', environment: 'range' },
  waitingFor: { what: 'an approval', who: 'incident-commander', since },
  steps: [
    { title: 'Check that west can take over', state: 'completed', endedAt: since },
    { title: 'Watch the lag', state: 'running', startedAt: since },
  ],
  gates: [{ question: 'Fail over?', state: 'open', openedAt: since, quorum: 2, decisions: [{}] }],
} as unknown as RunView;

describe('./muster test', () => {
  it('tells apart what is run by itself, and refuses what has no tests', () => {
    const { tests, kills, rigs } = choose(['test/kit/', './test/kills/storm.test.ts', 'test/rigs/redis.test.ts', 'test/kit/gates.test.ts']);
    assert.ok(tests.includes('test/kit/gates.test.ts') && tests.length === new Set(tests).size);
    assert.deepEqual([kills, rigs], [['test/kills/storm.test.ts'], ['test/rigs/redis.test.ts']]);
    assert.throws(() => choose(['test/nowhere']), /test\/nowhere has no tests/);
  });

  it('chooses kills and rigs by what has changed, and a fixed few whatever it is', () => {
    const fixed = touchedBy([]);
    assert.ok(fixed.kills.includes('test/kills/fail-over-region.test.ts') && fixed.rigs.includes('test/rigs/redis.test.ts'));
    assert.deepEqual(touchedBy(['README.md', 'docs/kubernetes.md']), fixed);
    const touched = touchedBy(['src/activities/kubernetes/pods.ts', 'test/kills/storm.test.ts']);
    assert.ok(touched.rigs.includes('test/rigs/kubernetes-pods.test.ts') && touched.kills.includes('test/kills/storm.test.ts'));
    assert.ok(!touched.rigs.includes('test/rigs/host.test.ts'));
  });

  it('reaches every kill and rig by some change', () => {
    const { kills, rigs } = allTests();
    assert.deepEqual(
      [...kills, ...rigs].filter((file) => !choosable.some((row) => row.test(file))),
      [],
    );
  });

  it('adds up, and names the slowest files and tests', () => {
    const took = [
      { file: 'a', title: 'quick', ms: 100, hook: false },
      { file: 'a', title: 'hook', ms: 9_000, hook: true },
      { file: 'b', title: 'slow', ms: 5_000, hook: false },
    ];
    const one = { passed: 2, failed: 0, skipped: 0, took };
    const sum = sumOf([one, { passed: 1, failed: 1, skipped: 1, took: [] }]);
    assert.match(closing(sum), /^1 skipped.*\n3 passed, 1 failed$/);
    assert.match(slowest(sum, 1), /files.*\n +9\.1 s {2}a\n\n.*tests:\n +5\.0 s {2}slow \(b\)\n/);
  });
});

describe('a test that waits in vain', () => {
  it('says which run, where it stands and what it waits for', async () => {
    assert.match(whereItStands(view), /^run fail-over-1 waits for approval \(pendingApproval, phase Fence\)\n/);
    await assert.rejects(
      eventually(
        'its end',
        () => view,
        () => false,
        30,
      ),
      /waited \d+ ms for its end; last seen: run fail-over-1 .*\n.*waits for an approval from incident-commander for 90 s\n.*Fail over\? \(1 decisions of 2\)\n.*Watch the lag/,
    );
  });

  it('says it also when its own time is over first', async () => {
    const over = new AbortController();
    const test = new Mocha.Test('waits', () =>
      eventually(
        'its end',
        () => view,
        () => over.signal.aborted,
        10_000,
      ).then(() => undefined),
    );
    test.timeout(50);
    const error = await new Promise<Error>((resolve) => void (test as unknown as { run(done: (error: Error) => void): void }).run(resolve));
    over.abort();
    assert.match(error.message, /^Timeout of 50ms exceeded[^]*\nwaited \d+ ms for its end; last seen: run fail-over-1/);
  });
});
