import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/common';
import {
  asFailure,
  CommandFailed,
  HttpAnswer,
  isUnreachable,
  sentenceOf,
  verdictOf,
  type Verdict,
} from '../../src/activities/kit/classify-failure.ts';
import { failure } from '../../src/activities/kit/fail.ts';

const aws = (name: string, httpStatusCode?: number) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const socket = (code: string, syscall?: string) => Object.assign(new Error(code), { code, ...(syscall ? { syscall } : {}) });
const fetchFailed = (cause: Error) => Object.assign(new TypeError('fetch failed'), { cause });
const sql = (code: string) => Object.assign(new Error(code), { code, severity: 'ERROR' });

const table: [string, unknown, Verdict][] = [
  ['Route 53 throttles with 400', aws('Throttling', 400), 'retry'],
  ['Route 53 is busy with the request before, 400', aws('PriorRequestNotComplete', 400), 'retry'],
  ['a rate limit of EC2, 503', aws('RequestLimitExceeded', 503), 'retry'],
  ['a throttled JSON service', aws('ThrottlingException', 400), 'retry'],
  ['an instance in another state', aws('InvalidDBInstanceStateFault', 400), 'notYet'],
  ['a scaling activity under way', aws('ScalingActivityInProgressFault', 400), 'notYet'],
  ['a resource that does not exist', aws('DBInstanceNotFoundFault', 404), 'permanent'],
  ['no permission', aws('AccessDenied', 403), 'permanent'],
  ['AWS out of order', aws('ServiceUnavailable', 503), 'unknown'],
  ['an answer of AWS that cannot be read', aws('SyntaxError'), 'unknown'],
  [
    'the SDK cannot connect in time',
    Object.assign(new Error('the request socket did not establish a connection with the server'), { name: 'TimeoutError' }),
    'retry',
  ],
  [
    'the SDK got no answer in time',
    Object.assign(new Error('exceeded'), { name: 'TimeoutError', code: 'ETIMEDOUT', $metadata: {} }),
    'unknown',
  ],
  ['a refused connection', socket('ECONNREFUSED', 'connect'), 'retry'],
  ['a connection that could not be made in time', socket('ETIMEDOUT', 'connect'), 'retry'],
  ['a reset', socket('ECONNRESET'), 'unknown'],
  ['a refused connection inside fetch', fetchFailed(socket('ECONNREFUSED')), 'retry'],
  ['refused on every address', fetchFailed(new AggregateError([socket('ECONNREFUSED'), socket('ECONNREFUSED')])), 'retry'],
  ['the other side hung up inside fetch', fetchFailed(socket('UND_ERR_SOCKET')), 'unknown'],
  ['HTTP 429', new HttpAnswer('slow down', 429), 'retry'],
  ['HTTP 404', new HttpAnswer('no', 404), 'permanent'],
  ['HTTP 500', new HttpAnswer('oops', 500), 'unknown'],
  ['HTTP 408', new HttpAnswer('too slow', 408), 'unknown'],
  [
    'a program that is not there',
    Object.assign(new Error('spawn kubectl ENOENT'), { code: 'ENOENT', syscall: 'spawn kubectl' }),
    'permanent',
  ],
  ['a bad exit', new CommandFailed('exit 1', 1), 'permanent'],
  ['a temporary failure by sysexits', new CommandFailed('exit 75', 75), 'retry'],
  ['ssh lost its connection', new CommandFailed('exit 255', 255), 'unknown'],
  ['a program ended by a signal', new CommandFailed('killed', undefined), 'unknown'],
  ['an exit code of its own table', new CommandFailed('exit 3', 3, { 3: 'notYet' }), 'notYet'],
  ['PostgreSQL starts up', sql('57P03'), 'notYet'],
  ['PostgreSQL shut the session', sql('57P01'), 'unknown'],
  ['a deadlock', sql('40P01'), 'retry'],
  ['a read-only database', sql('25006'), 'permanent'],
  ['our own mistake', new TypeError('x is not a function'), 'permanent'],
];

describe('the failure tables', () => {
  for (const [what, error, verdict] of table) {
    it(`call ${what} ${verdict}`, () => assert.equal(verdictOf(error), verdict));
  }

  it('turn an unknown outcome into UnknownOutcome for a change, and into Transient for a read', () => {
    const names = (['change', 'read'] as const).map((kind) => (asFailure(socket('ECONNRESET'), kind) as { type?: string }).type);
    assert.deepEqual(names, ['UnknownOutcome', 'Transient']);
  });

  it('leave our own failures and a cancellation as they are', () => {
    for (const error of [failure('NotYet', 'still creating'), new CancelledFailure('stop')])
      assert.equal(asFailure(error, 'change'), error);
  });

  it('retry after as long as the service asked for', () => {
    const { nextRetryDelay } = asFailure(new HttpAnswer('slow down', 429, 7_000), 'read') as { nextRetryDelay?: number };
    assert.equal(nextRetryDelay, 7_000);
  });

  it('tell a region that does not answer from one that refuses', () => {
    assert.ok(isUnreachable(socket('ECONNREFUSED', 'connect')));
    assert.ok(isUnreachable(fetchFailed(socket('ECONNRESET'))));
    assert.ok(!isUnreachable(aws('AccessDenied', 403)));
    assert.ok(!isUnreachable(aws('Throttling', 400)));
    assert.ok(!isUnreachable(sql('53300')));
  });

  it('say why fetch failed', () => assert.equal(sentenceOf(fetchFailed(socket('ECONNREFUSED'))), 'fetch failed (ECONNREFUSED)'));
});
