import { Failure } from '../../workflows/failures.ts';
import {
  failure,
  finding,
  HttpAnswer,
  type HttpResult,
  rememberSecret,
  request,
  sentenceOf,
  short,
  under,
  unlike,
  until,
  valueAt,
} from '../kit/index.ts';
import { filled, filledIn, placeholdersOf, type Proof, type ProofRequest, secretIn, type Values } from './proof-plan.ts';

/** Where a proof is made, and how long a reading of it is repeated until it is as expected, in ms. */
export interface Ground {
  base: string;
  patienceMs: number;
}

/** One request as it goes out; nothing of a secret is in what is kept of it. */
export const urlOf = (base: string, { path }: ProofRequest, values: Values): string =>
  under(base, filled(path, values, encodeURIComponent));

/** Makes the requests in order. Throws when an answer is not the expected one; then, too, what was left is cleaned up. */
export async function makeRequests(ground: Ground, proof: Proof, requests: readonly ProofRequest[], marker: string): Promise<string[]> {
  const values: Values = { marker };
  try {
    for (const asked of requests) await ask(ground, proof, asked, values);
  } catch (error) {
    await cleanUp(ground, proof, values);
    throw error;
  }
  return cleanUp(ground, proof, values);
}

/** Asks once, without judging the answer. */
export function send(base: string, { timeout }: Proof, asked: ProofRequest, values: Values): Promise<HttpResult> {
  const { method, body } = asked;
  return request({
    ...{ method, url: urlOf(base, asked, values), headers: headersOf(asked, values), timeoutMs: timeout },
    kind: method === 'GET' ? 'read' : 'change',
    ...(body === undefined ? {} : { body: filledIn(body, values, secretIn) }),
  });
}

/** Why an answer is not the one that a request expects. */
export const wrongIn = (answer: HttpResult, { expect }: ProofRequest, values: Values) => unlike(answer, filledIn(expect, values));

async function ask({ base, patienceMs }: Ground, proof: Proof, asked: ProofRequest, values: Values): Promise<void> {
  const what = `"${proof.title}": ${asked.method} ${urlOf(base, asked, values)}`;
  const answer = asked.method === 'GET' ? await untilGood() : await once();
  for (const [name, way] of Object.entries(asked.take)) {
    const value = valueAt(answer.text, way);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw failure(Failure.DoesNotHold, `${what} answers without ${way}`);
    values[name] = String(value);
    if (/token|secret|session|password|key/i.test(name) || proof.kind === 'signIn') rememberSecret(values[name]);
  }

  /** What was written may need a moment until it can be read. */
  function untilGood(): Promise<HttpResult> {
    return until(
      async () => {
        const seen = await send(base, proof, asked, values);
        const wrong = wrongIn(seen, asked, values);
        return wrong === undefined ? { is: seen } : { notYet: `it ${wrong}` };
      },
      { within: patienceMs, every: 1_000, what: `${what} to answer as expected` },
    );
  }

  async function once(): Promise<HttpResult> {
    const seen = await send(base, proof, asked, values);
    const wrong = wrongIn(seen, asked, values);
    if (wrong === undefined) return seen;
    if (seen.ok) throw failure(Failure.DoesNotHold, `${what} ${wrong}`);
    throw new HttpAnswer(`${what} ${wrong}${seen.text ? `: ${short(seen.text, 200)}` : ''}`, seen.status, seen.retryAfterMs);
  }
}

/** Takes away what a proof has left, and says what stays; a proof is no worse for it. */
export async function cleanUp({ base }: Pick<Ground, 'base'>, proof: Proof, values: Values): Promise<string[]> {
  const left: string[] = [];
  for (const asked of proof.cleanUp) {
    // What it needs was never answered, so there is nothing to take away.
    if (placeholdersOf(asked.path).some((name) => !Object.hasOwn(values, name))) continue;
    const wrong = await send(base, proof, asked, values).then(
      (answer) => (answer.status === 404 && asked.expect.status === undefined ? undefined : wrongIn(answer, asked, values)),
      (error: unknown) => `does not answer: ${sentenceOf(error)}`,
    );
    if (wrong !== undefined) left.push(`${asked.method} ${urlOf(base, asked, values)} ${wrong}`);
  }
  if (left.length > 0) finding(`clean up after "${proof.title}"`, `something stays, marked ${values['marker']}: ${left.join('; ')}`);
  return left;
}

function headersOf({ headers }: ProofRequest, values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, text]) => {
      const value = secretIn(filled(text, values));
      // The scheme is no secret: with "Bearer" hidden, the pattern that knows a token by it would find none.
      const [, parts] = /^(?:[a-z]+ +)?(.*)$/is.exec(value)!;
      if (/auth|cookie|token|secret|password|key/i.test(name)) parts!.split(' ').forEach((part) => rememberSecret(part));
      return [name, value];
    }),
  );
}
