import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { resolveReference, type Environment } from '../config/environment.ts';
import { withoutTokens } from '../config/people.ts';
import type { Person, Role } from '../workflows/messages.ts';
import { ApiProblem } from './errors.ts';
import { refuseOtherHosts } from './hosts.ts';
import type { Caller, Permission, Whose } from './route.ts';
import type { Sessions } from './sessions.ts';
import { hashToken } from './token-hash.ts';

/** From weak to strong: a role holds everything that those before it hold. */
export const roleOrder: readonly Role[] = ['viewer', 'responder', 'approver', 'admin'];

/** Tells whether a person's strongest role is enough. */
export function holds(person: Person, permission: Permission): boolean {
  if (permission === 'public') return true;
  if (permission === 'alerts' || permission === 'signed') return false;
  return person.roles.some((role) => roleOrder.indexOf(role) >= roleOrder.indexOf(permission));
}

export interface KnownToken {
  hash: Buffer;
  person: Person;
}

/** Reads the tokens of all people. Throws a sentence when a reference leads nowhere, a token stands in the file, or two people share one. */
export function readTokens(people: Environment['people'], env: NodeJS.ProcessEnv = process.env): KnownToken[] {
  const known: KnownToken[] = [];
  for (const one of people) {
    const person = withoutTokens(one);
    for (const reference of one.tokens) {
      const hash = tokenHash(reference, person.subject, env);
      const other = known.find((token) => timingSafeEqual(token.hash, hash));
      if (other && other.person.subject !== person.subject) {
        throw new Error(`${person.subject} and ${other.person.subject} have the same token; every person needs their own`);
      }
      known.push({ hash, person });
    }
  }
  return known;
}

/** Hash of the token behind a reference. Throws a sentence when it leads nowhere, or the token stands in the file. */
export function tokenHash(reference: string, subject: string, env: NodeJS.ProcessEnv): Buffer {
  const value = resolveReference(reference, env);
  const hex = /^sha256:([0-9a-f]{64})$/.exec(value)?.[1];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  if (value === reference)
    throw new Error(`a token of ${subject} stands in the environment file; write env:NAME, file:PATH or sha256:<64 hex digits>`);
  mustBeLong(value, subject);
  return hashToken(value);
}

/** Throws when a token can hold fewer than 128 random bits, and so could be guessed. */
function mustBeLong(token: string, subject: string): void {
  const [needed, digits] = /^[0-9a-f]+$/i.test(token) ? [32, 'hex digits'] : [22, 'characters'];
  if (token.length < needed)
    throw new Error(`the token of ${subject} is too short: it needs ${needed} ${digits} at least, such as \`openssl rand -hex 16\` makes`);
}

/** Whose a token is, by its SHA-256, to be asked for as long as what began with it lasts; undefined when nobody ever had it. */
export type Bearer = (hash: Buffer) => Whose | undefined;

interface Ways {
  bearer: Bearer;
  sessions: Pick<Sessions, 'whose'>;
  hosts?: readonly string[] | undefined;
}

/** Finds the person behind a request: its bearer token, or the session of its cookie. Throws 401 and 403 problems. */
export function createAccess({ bearer, sessions, hosts }: Ways): (request: IncomingMessage) => Caller {
  return (request) => {
    if (request.headers.authorization !== undefined) return { ...tokenOf(request, bearer)(), channel: 'api' };
    const whose = sessions.whose(request.headers.cookie);
    if (!whose) throw notSignedIn('Send a token (Authorization: Bearer …), or open the sign-in link of `muster up` or `muster sign-in`.');
    const caller = whose();
    refuseOtherHosts(request, hosts);
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseOtherSites(request);
    return { ...caller, channel: 'console' };
  };
}

/** Whose the bearer token of a request is. Throws a 401 problem when nobody's. */
export function tokenOf({ headers: { authorization = '' } }: IncomingMessage, bearer: Bearer): Whose {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const whose = token === undefined ? undefined : bearer(hashToken(token));
  if (!whose) throw notSignedIn('The token in the Authorization header is not known.');
  return whose;
}

/** Compares with every token of the environment file, so that the time taken tells nothing. */
export function fileTokens(tokens: readonly KnownToken[]): Bearer {
  return (hash) => {
    let found: Person | undefined;
    for (const known of tokens) if (timingSafeEqual(known.hash, hash)) found = known.person;
    const person = found;
    return person && (() => ({ person }));
  };
}

/** Nobody gets in, and why. */
export function notSignedIn(detail: string): ApiProblem {
  return new ApiProblem(401, 'NotSignedIn', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="muster"' } });
}

/** A browser sends the cookie along for any page that asks; only our own page can set this header and have this origin. */
function refuseOtherSites({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  const own = headers['x-muster'] === '1' && originHost(headers.origin) === headers.host && (site === undefined || site === 'same-origin');
  if (!own) throw new ApiProblem(403, 'CrossSite', 'With a cookie, changes need the header x-muster: 1 and an Origin that is this server.');
}

function originHost(origin: string | undefined): string | undefined {
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).host || 'none' : 'none';
}
