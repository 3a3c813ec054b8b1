import { nearest } from '../words/nearest.ts';
import { ApiDown, type ApiCaller } from './api-call.ts';
import { CliError, exitCodes, RefusedError } from './exit.ts';

/** The person as whom something is said. */
export interface Me {
  subject: string;
  name: string;
}

/** Ana (database owner), ben: the name that people know, with what they are typed by unless it is the same. */
export const nameOfMe = ({ subject, name }: Me): string =>
  name.includes('(') || name.toLowerCase() === subject.toLowerCase() ? name : `${name} (${subject})`;

/** Nobody speaks as somebody who is not there: a slip of the hand must not become another person. Throws with the names that there are. */
export function mustBeKnown(subject: string, known: readonly string[], where: string): void {
  if (known.includes(subject)) return;
  const near = nearest(subject, known);
  const meant = near === undefined ? '' : `did you mean ${near}? `;
  throw new CliError(`${subject} is not among the people of ${where}; ${meant}there are: ${known.join(', ') || 'none'}`, exitCodes.refused);
}

/** The API takes the person from the token: `--as` must be that one. An API that is down, or knows no such token, says so by itself. */
export async function mustOwnToken(api: ApiCaller, subject: string): Promise<void> {
  const me = await whoAmI(api).catch((error: unknown) => {
    if (error instanceof ApiDown || error instanceof RefusedError) return undefined;
    throw error;
  });
  if (!me || me.subject === subject) return;
  throw new CliError(
    `the token is that of ${nameOfMe(me)}, and --as says ${subject}: give the token of ${subject} in MUSTER_TOKEN, or leave --as out`,
    exitCodes.refused,
  );
}

/** Whose token it is. */
export async function whoAmI(api: ApiCaller): Promise<Me> {
  const { subject, name } = (await api.json('/api/me')) as Partial<Me>;
  if (typeof subject !== 'string') throw new CliError('the API does not say whose token it is');
  return { subject, name: typeof name === 'string' ? name : subject };
}
