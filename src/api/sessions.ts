import { randomBytes } from 'node:crypto';
import type { Environment } from '../config/environment.ts';
import type { Person } from '../workflows/messages.ts';
import { hashToken } from './token-hash.ts';

export const sessionCookie = 'muster-session';
const linkLifeMs = 15 * 60_000;
const sessionLifeMs = 12 * 3_600_000;

export interface Sessions {
  /** Trades the token of a sign-in link for a session id; undefined when it is unknown, used or older than 15 minutes. */
  signIn(token: string): string | undefined;
  /** The person of a Cookie header's session; undefined when there is none or it is older than 12 hours. */
  personOf(cookies: string | undefined): Person | undefined;
  /** Ends the session of a Cookie header, if there is one. */
  signOut(cookies: string | undefined): void;
}

/** Keeps sign-in links and sessions in memory, by hash: they end with the process. `link` is `subject:token`; throws when the subject is unknown. */
export function createSessions(people: Environment['people'], link?: string, now: () => number = Date.now): Sessions {
  const links = new Map<string, { person: Person; until: number }>();
  const sessions = new Map<string, { person: Person; until: number }>();
  if (link !== undefined) {
    const [subject = '', token = ''] = link.split(/:(.*)/s);
    if (token === '') throw new Error('a sign-in link is written subject:token');
    links.set(key(token), { person: personNamed(people, subject), until: now() + linkLifeMs });
  }
  return {
    signIn: (token) => {
      const found = links.get(key(token));
      links.delete(key(token));
      if (!found || found.until < now()) return undefined;
      const id = randomBytes(32).toString('base64url');
      sessions.set(key(id), { person: found.person, until: now() + sessionLifeMs });
      return id;
    },
    personOf: (cookies) => {
      const id = cookies === undefined ? undefined : readCookie(cookies);
      const found = id === undefined ? undefined : sessions.get(key(id));
      return found && found.until >= now() ? found.person : undefined;
    },
    signOut: (cookies) => {
      const id = cookies === undefined ? undefined : readCookie(cookies);
      if (id !== undefined) sessions.delete(key(id));
    },
  };
}

function personNamed(people: Environment['people'], subject: string): Person {
  const found = people.find((person) => person.subject === subject);
  if (!found) throw new Error(`the sign-in link is for ${subject || 'nobody'}, who is not among the people of the environment`);
  const { tokens: _, ...person } = found;
  return person;
}

function key(secret: string): string {
  return hashToken(secret).toString('hex');
}

function readCookie(cookies: string): string | undefined {
  const prefix = `${sessionCookie}=`;
  const part = cookies.split(';').find((cookie) => cookie.trim().startsWith(prefix));
  return part?.trim().slice(prefix.length);
}
