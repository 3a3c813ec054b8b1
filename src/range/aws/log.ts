import type { AwsCall } from '../contract.ts';
import type { Call } from './call.ts';

/** The shop and the edge ask for records all day long: the oldest calls are dropped beyond this. */
const kept = 50_000;

/** Remembers every call in the order of arrival. */
export interface CallLog {
  /** The entry to complete; its status is 0 until something came of the call. */
  begin(call: Call): AwsCall;
  all(): AwsCall[];
  clear(): void;
}

export function createCallLog(): CallLog {
  let calls: AwsCall[] = [];
  return {
    begin: ({ place, service, action, stateChanging }) => {
      const entry: AwsCall = { at: new Date().toISOString(), region: place, service, action, stateChanging, status: 0 };
      calls.push(entry);
      if (calls.length > kept) calls = calls.slice(-kept / 2);
      return entry;
    },
    all: () => [...calls],
    clear: () => {
      calls = [];
    },
  };
}
