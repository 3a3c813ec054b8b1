import { randomBytes } from 'node:crypto';
import type { Environment } from '../config/environment.ts';
import { withoutTokens } from '../config/people.ts';
import type { Whose } from './route.ts';
import { hashToken } from './token-hash.ts';

export const sessionCookie = 'muster-session';
const firstLinkLifeMs = 15 * 60_000;
const linkLifeMs = 10 * 60_000;
const sessionLifeMs = 12 * 3_600_000;

export interface Sessions {
  /** Makes a link for whoever has a token; its session ends with the token. */
  offer(whose: Whose): { token: string; until: Date };
  /** Trades the token of a sign-in link for a session id; undefined when it is unknown, used or too old, or for this machine only. */
  signIn(token: string, onThisMachine: boolean): string | undefined;
  /** Whose the session of a Cookie header is; undefined when there is none or it is older than 12 hours. */
  whose(cookies: string | undefined): Whose | undefined;
  /** Ends the session of a Cookie header, if there is one. */
  signOut(cookies: string | undefined): void;
}

interface Kept {
  whose: Whose;
  until: number;
  /** It came without a token, from whoever started this API. */
  local?: boolean;
}

/** Keeps sign-in links and sessions in memory, by hash: they end with the process. `link` is `subject:token`; throws when the subject is unknown. */
export function createSessions(people: Environment['people'], link?: string, now: () => number = Date.now): Sessions {
  const links = new Map<string, Kept>();
  const sessions = new Map<string, Kept>();
  if (link !== undefined) {
    const [subject = '', token = ''] = link.split(/:(.*)/s);
    if (token === '') throw new Error('a sign-in link is written subject:token');
    links.set(key(token), { whose: personNamed(people, subject), until: now() + firstLinkLifeMs, local: true });
  }
  const keep = (kept: Map<string, Kept>, whose: Whose, until: number): string => {
    for (const [old, one] of kept) if (one.until < now()) kept.delete(old);
    const secret = randomBytes(32).toString('base64url');
    kept.set(key(secret), { whose, until });
    return secret;
  };
  const sessionOf = (cookies: string | undefined) => (cookies === undefined ? undefined : readCookie(cookies));
  return {
    offer: (whose) => {
      const until = now() + linkLifeMs;
      return { token: keep(links, whose, until), until: new Date(until) };
    },
    signIn: (token, onThisMachine) => {
      const found = links.get(key(token));
      if (!found || (found.local && !onThisMachine)) return undefined;
      links.delete(key(token));
      return found.until < now() ? undefined : keep(sessions, found.whose, now() + sessionLifeMs);
    },
    whose: (cookies) => {
      const id = sessionOf(cookies);
      const found = id === undefined ? undefined : sessions.get(key(id));
      return found && found.until >= now() ? found.whose : undefined;
    },
    signOut: (cookies) => {
      const id = sessionOf(cookies);
      if (id !== undefined) sessions.delete(key(id));
    },
  };
}

function personNamed(people: Environment['people'], subject: string): Whose {
  const found = people.find((person) => person.subject === subject);
  if (!found) throw new Error(`the sign-in link is for ${subject || 'nobody'}, who is not among the people of the environment`);
  const person = withoutTokens(found);
  return () => ({ person });
}

function key(secret: string): string {
  return hashToken(secret).toString('hex');
}

function readCookie(cookies: string): string | undefined {
  const prefix = `${sessionCookie}=`;
  const part = cookies.split(';').find((cookie) => cookie.trim().startsWith(prefix));
  return part?.trim().slice(prefix.length);
}
