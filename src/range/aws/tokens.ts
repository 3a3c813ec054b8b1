import { Refusal, type Answer } from './answers.ts';
import type { Call } from './call.ts';

/** Makes a repeated EC2 call with the same ClientToken answer as the first one did, which moto does not. */
export function honourClientTokens(commit: (call: Call) => Promise<Answer>): (call: Call) => Promise<Answer> {
  const kept = new Map<string, { parameters: string; answer: Promise<Answer> }>();
  return async (call) => {
    const token = call.form.get('ClientToken');
    if (call.service !== 'ec2' || !call.stateChanging || token === null) return commit(call);
    const key = [call.place, call.action, token].join(' ');
    const parameters = new URLSearchParams([...call.form].sort()).toString();
    const before = kept.get(key);
    if (before && before.parameters !== parameters) {
      throw new Refusal('IdempotentParameterMismatch', 'The client token has already been used with other parameters.');
    }
    if (before) return before.answer;
    const answer = commit(call);
    kept.set(key, { parameters, answer });
    // Only what happened is remembered: a refused call may be tried again with its token.
    const forget = () => kept.delete(key);
    answer.then(({ status }) => status === 200 || forget(), forget);
    return answer;
  };
}
