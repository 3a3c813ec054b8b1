import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { createApp, type AppOptions } from '../../../src/api/app.ts';
import { loadEnvironment, type Environment } from '../../../src/config/environment.ts';
import { FakeIncidents } from './fake-incidents.ts';
import { FakeRuns } from './fake-runs.ts';

/** Tokens of the people in these tests, by subject. */
export const tokens = {
  vic: 'token-of-vic-the-viewer',
  sam: 'token-of-sam-the-responder',
  ana: 'token-of-ana-the-approver',
  ben: 'token-of-ben-the-approver',
  ada: 'token-of-ada-the-admin',
} as const;
export type Subject = keyof typeof tokens;

const people: Environment['people'] = [
  person('vic', 'viewer'),
  person('sam', 'responder'),
  person('ana', 'approver'),
  person('ben', 'approver'),
  person('ada', 'admin'),
];

function person(subject: Subject, role: Environment['people'][number]['roles'][number]): Environment['people'][number] {
  return { subject, name: subject, roles: [role], duties: [], tokens: [`env:TOKEN_${subject.toUpperCase()}`] };
}

export const env = {
  ...Object.fromEntries(Object.entries(tokens).map(([subject, token]) => [`TOKEN_${subject.toUpperCase()}`, token])),
  // Tokens that were made on this machine are not for tests.
  MUSTER_HOME: '/nowhere',
};

export async function testEnvironment(changes: Partial<Environment> = {}): Promise<Environment> {
  return { ...(await loadEnvironment('environments/range.yaml')), people, ...changes };
}

export interface Api {
  url: string;
  runs: FakeRuns;
  incidents: FakeIncidents;
  /** Calls a path as one of the people, or as nobody. */
  call(method: string, path: string, options?: { as?: Subject; body?: unknown; headers?: Record<string, string> }): Promise<Response>;
  /** Cuts every connection, live views too; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

/** The whole API over real HTTP on a free port, with runs that are not real. */
export async function startApi(changes: Partial<AppOptions> = {}): Promise<Api> {
  const runs = new FakeRuns();
  const incidents = new FakeIncidents();
  const health = async () => ({ temporal: true, worker: true, detail: 'all well' });
  const generous = { usual: 10_000, command: 10_000, stream: 10_000, failed: 10_000 };
  const app = createApp({
    ...{ environment: await testEnvironment(), runs, incidents, health, archiveFolder: tmpdir(), env, limits: generous },
    ...changes,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    runs,
    incidents,
    call: (method, path, { as, body, headers = {} } = {}) =>
      fetch(url + path, {
        method,
        redirect: 'manual',
        headers: {
          ...(as === undefined ? {} : { authorization: `Bearer ${tokens[as]}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    cut: () => server.closeAllConnections(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  type: string;
  instance: string;
  holder?: string;
  errors?: { pointer: string; detail: string; in?: string }[];
}

/** Reads a refusal, and checks that it is one in the agreed form. */
export async function problemIn(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? 'none';
  if (!type.startsWith('application/problem+json')) throw new Error(`${response.status} ${type}: ${await response.text()}`);
  const problem = (await response.json()) as Problem;
  if (problem.status !== response.status) throw new Error(`the problem says ${problem.status}, the answer ${response.status}`);
  return problem;
}
