import assert from 'node:assert/strict';
import { temporalProblem } from '../../src/runs/problem.ts';

describe('what Temporal answers', () => {
  const said = (code: number, message: string) => {
    const { status, code: name, detail } = temporalProblem(Object.assign(new Error(message), { code }), 'run-1');
    return [status, name, detail];
  };

  it('is a reason that a person can act on, and no fault of ours', () => {
    const cases: [number, string, string, RegExp][] = [
      [4, 'Deadline exceeded', 'NoWorker', /no worker answers for run-1: start one/],
      [14, 'No connection established', 'TemporalUnavailable', /Temporal does not answer/],
      [8, 'query buffer is full', 'Busy', /too much is asked of Temporal at once \(query buffer is full\); ask again/],
      [
        3,
        'Cannot query workflow due to Workflow Task in failed state.',
        'NoWorker',
        /the worker cannot go on with run-1: its log says why/,
      ],
    ];
    for (const [code, message, name, detail] of cases) {
      const problem = said(code, message);
      assert.deepEqual(problem.slice(0, 2), [503, name], message);
      assert.match(String(problem[2]), detail);
    }
  });

  it('is said whole to the log when nobody foresaw it', () => {
    assert.deepEqual(said(13, 'disk I/O error'), [500, 'Internal', 'disk I/O error']);
  });
});
