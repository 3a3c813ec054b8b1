import { ApiDown } from './api-call.ts';

/** Two ways to the same thing: the API, and from the moment when it is down Temporal itself. */
export interface Fallback<C> {
  readonly through: string;
  via<T>(call: (client: C) => Promise<T>): Promise<T>;
  following<T>(call: (client: C) => AsyncIterable<T>): AsyncIterable<T>;
  close(): Promise<void>;
}

/** Uses the API until it is down; then says so and goes past it, also with the call that failed. */
export function fallBack<C extends { readonly through: string; close(): Promise<void> }>(
  api: C,
  openDirect: () => Promise<C>,
  say: (line: string) => void,
): Fallback<C> {
  let current = api;
  const fall = async (error: unknown): Promise<C> => {
    if (!(error instanceof ApiDown) || current !== api) throw error;
    say(`${error.message}${error.mayHaveActed ? '; what was on its way may have been recorded' : ''}.`);
    current = await openDirect();
    return current;
  };
  return {
    get through() {
      return current.through;
    },
    via: (call) => call(current).catch(async (error: unknown) => call(await fall(error))),
    async *following(call) {
      try {
        yield* call(current);
      } catch (error) {
        yield* call(await fall(error));
      }
    },
    close: () => current.close(),
  };
}
