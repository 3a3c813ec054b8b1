import { isIP } from 'node:net';
import type { Request } from 'express';
import type { Environment } from '../../config/environment.ts';
import { me } from '../answers.ts';
import { ApiProblem } from '../errors.ts';
import { refuseOtherHosts } from '../hosts.ts';
import { route, type Route } from '../route.ts';
import { signInQuery } from '../schemas.ts';
import { sessionCookie, type Sessions } from '../sessions.ts';

interface SessionOptions {
  environment: Environment;
  sessions: Sessions;
  hosts?: readonly string[] | undefined;
}

/** Who am I, the sign-in link for people at this machine, and the way out. */
export function sessionRoutes({ environment, sessions, hosts }: SessionOptions): Route[] {
  const { name, title } = environment;
  return [
    route(
      {
        method: 'get',
        path: '/api/me',
        permission: 'viewer',
        summary: 'Tell who is signed in',
        responses: { 200: { description: 'The person behind the token or the session', schema: me } },
      },
      async ({ caller }) => ({ status: 200, body: { ...caller.person, environment: { name, title } } }),
    ),
    route(
      {
        method: 'get',
        path: '/sign-in',
        permission: 'public',
        summary: 'Sign in with a link that works once, on this machine',
        query: signInQuery,
        responses: { 303: { description: 'Signed in; on to the page' }, 401: { description: 'The link is used, too old or wrong' } },
      },
      async ({ query, request }) => {
        refuseOtherHosts(request, hosts);
        // A HEAD request comes from a preview, not from a person: it must not use the link up.
        const id = request.method === 'GET' && isLoopback(request.socket.remoteAddress) ? sessions.signIn(query.token) : undefined;
        if (id === undefined) {
          throw new ApiProblem(
            401,
            'NotSignedIn',
            'This link does not sign in: it works once, for 15 minutes, on the machine that runs the API.',
          );
        }
        return { status: 303, headers: { Location: '/', 'Set-Cookie': `${sessionCookie}=${id}; ${marks(request)}` } };
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

/** No script and no other site gets the cookie; behind TLS it never goes without. */
const marks = ({ secure }: Request): string => `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

function isLoopback(address = ''): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
