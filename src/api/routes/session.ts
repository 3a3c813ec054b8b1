import { isIP } from 'node:net';
import type { Request } from 'express';
import type { Environment } from '../../config/environment.ts';
import { type Bearer, tokenOf } from '../access.ts';
import { me, signInLink } from '../answers.ts';
import { ApiProblem } from '../errors.ts';
import { refuseOtherHosts } from '../hosts.ts';
import { refusalPage } from './page.ts';
import { route, type Route } from '../route.ts';
import { signInQuery } from '../schemas.ts';
import { sessionCookie, type Sessions } from '../sessions.ts';

interface SessionOptions {
  environment: Environment;
  sessions: Sessions;
  bearer: Bearer;
  hosts?: readonly string[] | undefined;
}

/** Who am I, the sign-in links, and the way out. */
export function sessionRoutes({ environment, sessions, bearer, hosts }: SessionOptions): Route[] {
  const known = { name: environment.name, title: environment.title, names: namesIn(environment) };
  return [
    route(
      {
        method: 'get',
        path: '/api/me',
        permission: 'viewer',
        summary: 'Tell who is signed in',
        responses: { 200: { description: 'The person behind the token or the session', schema: me } },
      },
      async ({ caller }) => ({ status: 200, body: { ...caller.person, environment: known } }),
    ),
    route(
      {
        method: 'get',
        path: '/sign-in',
        permission: 'public',
        summary: 'Sign in with a link that works once',
        query: signInQuery,
        responses: { 303: { description: 'Signed in; on to the page' }, 401: { description: 'The link is used, too old or wrong' } },
      },
      async ({ query, request }) => {
        refuseOtherHosts(request, hosts);
        // A HEAD request comes from a preview, not from a person: it must not use the link up.
        const id = request.method === 'GET' ? sessions.signIn(query.token, isLoopback(request.socket.remoteAddress)) : undefined;
        if (id === undefined) {
          const why = 'that of `muster up` works once, for 15 minutes, on the machine that runs the API';
          const problem = new ApiProblem(401, 'NotSignedIn', `This link does not sign in: ${why}; \`muster sign-in\` gives a new one.`);
          return refusalPage(problem, request.get('accept'));
        }
        return { status: 303, headers: { Location: '/', 'Set-Cookie': `${sessionCookie}=${id}; ${marks(request)}` } };
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/sign-in-links',
        permission: 'viewer',
        pace: 'command',
        summary: 'Give a link that signs a browser in, once, as whose token it is',
        responses: { 201: { description: 'The link; its session ends with the token, after 12 hours at the latest', schema: signInLink } },
      },
      async ({ request }) => {
        // A session could otherwise go on for ever.
        const { token, until } = sessions.offer(tokenOf(request, bearer));
        return { status: 201, body: { path: `/sign-in?token=${token}`, until: until.toISOString() } };
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/sign-out',
        permission: 'viewer',
        pace: 'command',
        summary: 'End the own session; a token stays what it is',
        responses: { 204: { description: 'There is no session any more, and its live views end' } },
      },
      async ({ request }) => {
        sessions.signOut(request.headers.cookie);
        return { status: 204, headers: { 'Set-Cookie': `${sessionCookie}=; Max-Age=0; ${marks(request)}` } };
      },
    ),
  ];
}

/** What a person may choose from, so that nobody must remember how something is called. */
function namesIn({ services, regions, clusters, databases, dns, people, incidents }: Environment): Record<string, string[]> {
  return {
    ...{ services: Object.keys(services), regions: Object.keys(regions), clusters: Object.keys(clusters) },
    ...{ databases: Object.keys(databases), dns: Object.keys(dns), people: people.map(({ subject }) => subject) },
    incidentServices: Object.keys(incidents?.policy.services ?? {}),
    severities: (incidents?.policy.severities ?? []).map(({ name }) => name),
    drills: (incidents?.drills ?? []).map(({ name }) => name),
  };
}

/** No script and no other site gets the cookie; behind TLS it never goes without. */
const marks = ({ secure }: Request): string => `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

function isLoopback(address = ''): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
