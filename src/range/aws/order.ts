import type { Answer } from './answers.ts';
import type { Call } from './call.ts';

/** Lets the changes of a service happen one after the other, so that what was checked still holds when it is done. */
export function oneChangeAtATime(commit: (call: Call) => Promise<Answer>): (call: Call) => Promise<Answer> {
  const last = new Map<string, Promise<unknown>>();
  return (call) => {
    if (!call.stateChanging) return commit(call);
    const done = (last.get(call.service) ?? Promise.resolve()).then(() => commit(call));
    const settled = done.catch(() => undefined);
    last.set(call.service, settled);
    return done;
  };
}
