import { sentenceOf } from './classify-failure.ts';
import { short } from './fail.ts';
import { redactText } from './redact.ts';

/** The class of an activity decides what simulate does with it; an activity without one is never run. */
export type Kind = 'read' | 'proof' | 'change' | 'notify' | 'record';

export type Classified<K extends Kind, Input, Result> = ((input: Input) => Promise<Result>) & { readonly kind: K };

/** What became of a message; a message that could not be sent never stops anything. */
export interface Sent {
  sent: boolean;
  problem?: string;
}

/** Looks and changes nothing; runs in every mode. */
export function read<Input, Result>(run: (input: Input) => Promise<Result>): Classified<'read', Input, Result> {
  return classify('read', run);
}

/** Waits for or checks the effect of changes; in simulate, where there is no effect, it is not tried and answers undefined. */
export function proof<Input, Result>(run: (input: Input) => Promise<Result>): Classified<'proof', Input, Result | undefined> {
  return classify<'proof', Input, Result | undefined>('proof', run);
}

/** Tells people; never throws, and is suppressed in simulate. */
export function notify<Input>(run: (input: Input) => Promise<void>): Classified<'notify', Input, Sent> {
  return classify('notify', async (input: Input): Promise<Sent> => {
    try {
      await run(input);
      return { sent: true };
    } catch (error) {
      return { sent: false, problem: short(redactText(sentenceOf(error)), 500) };
    }
  });
}

/** Muster's own bookkeeping (archive, leases); runs in every mode. */
export function record<Input, Result>(run: (input: Input) => Promise<Result>): Classified<'record', Input, Result> {
  return classify('record', run);
}

/** Marks a function with its class. */
export function classify<K extends Kind, Input, Result>(kind: K, run: (input: Input) => Promise<Result>): Classified<K, Input, Result> {
  return Object.assign((input: Input) => run(input), { kind });
}

/** The class of an activity, or undefined when it has none. */
export function kindOf(activity: unknown): Kind | undefined {
  const kind = typeof activity === 'function' && 'kind' in activity ? activity.kind : undefined;
  return kinds.find((known) => known === kind);
}

const kinds: readonly Kind[] = ['read', 'proof', 'change', 'notify', 'record'];
