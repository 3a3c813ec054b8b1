import Mocha from 'mocha';
import { openWaits } from '../eventually.ts';

/** Mocha has no hook that sees the error of a test or hook whose time is over, before it is reported. */
const runnable = Mocha.Runnable.prototype as unknown as { _timeoutError(ms: number): Error };
const plain = runnable._timeoutError;

/** What still was waited for is said with it: which run, where it stands, and for what. */
runnable._timeoutError = function (ms) {
  const error = plain.call(this, ms);
  error.message = [error.message, ...openWaits()].join('\n');
  error.stack = error.message;
  return error;
};
