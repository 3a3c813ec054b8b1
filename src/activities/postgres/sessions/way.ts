import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Client } from 'pg';
import { named, observed, redactText, rememberSecret, resolvedSecret, sentenceOf, short } from '../../kit/index.ts';
import { applicationName, type Connections, type Where } from '../sql.ts';
import { duration } from '../../../words/durations.ts';

/** One step of the way to a database. */
export interface WayStep {
  name: 'name' | 'port' | 'encryption' | 'sign-in' | 'question';
  /** `unknown` when it was not tried, or says nothing. */
  verdict: 'good' | 'bad' | 'unknown';
  ms: number;
  /** What was seen, as a sentence. */
  detail: string;
}

/** How far one gets on the way to a database. */
export interface DatabaseWay {
  /** It answered a question. */
  reachable: boolean;
  /** It answers, and has no connection left. */
  full: boolean;
  steps: WayStep[];
}

type Seen = Pick<WayStep, 'verdict' | 'detail'>;

const longest = { name: 3_000, port: 3_000, encryption: 3_000, 'sign-in': 5_000, question: 5_000 };
const names = Object.keys(longest) as WayStep['name'][];

/** Goes the way to a database as the service would: name, port, TLS, sign-in, one question. Never throws for what it finds on it. */
export async function walkTo(environment: Connections, where: Where): Promise<DatabaseWay> {
  const { database, region, endpoint } = where;
  const { connection } = named(named(environment.databases, database, 'database').regions, region, `database ${database} in the region`);
  const client = clientOf(resolvedSecret(connection), endpoint);
  const open: Socket[] = [];
  const acts: Record<WayStep['name'], () => Promise<Seen>> = {
    name: () => resolveName(client.host),
    port: () => reachPort(client, open),
    encryption: () => encrypt(client, open[0]),
    'sign-in': () => signIn(client),
    question: () => askQuestion(client),
  };
  const steps: WayStep[] = [];
  try {
    for (const name of names) {
      const stopped = steps.find(({ verdict }) => verdict === 'bad');
      steps.push(
        stopped
          ? { name, verdict: 'unknown', ms: 0, detail: `not tried: the way ends at ${stopped.name}` }
          : await take(name, where, acts[name]),
      );
    }
  } finally {
    for (const socket of open) socket.destroy();
    // Whoever does not answer does not say goodbye either.
    await Promise.race([client.end().catch(() => undefined), wait(500)]);
  }
  return { reachable: steps.every(({ verdict }) => verdict !== 'bad'), full: isFull(steps), steps };
}

const isFull = (steps: readonly WayStep[]): boolean => steps.some(({ name, detail }) => name === 'sign-in' && detail.startsWith(noneLeft));

function clientOf(connection: string, endpoint: Where['endpoint']): Client {
  if (URL.canParse(connection)) rememberSecret(new URL(connection).password);
  const client = new Client({
    ...{ connectionString: connection, application_name: applicationName },
    ...{ connectionTimeoutMillis: longest['sign-in'], query_timeout: longest.question, statement_timeout: longest.question },
  });
  client.on('error', () => undefined);
  if (endpoint) Object.assign(client, endpoint);
  return client;
}

async function take(name: WayStep['name'], { database, region }: Where, act: () => Promise<Seen>): Promise<WayStep> {
  const started = performance.now();
  const ended = new AbortController();
  const late = wait(longest[name] + 500, undefined, { signal: ended.signal }).then((): Seen => ({
    verdict: 'bad',
    detail: `no answer within ${duration(longest[name])}`,
  }));
  const seen = await observed(
    { tool: 'postgres', call: `the way to ${database}: ${name}`, args: { database, region }, kind: 'read' },
    () => Promise.race([act().catch((error: unknown): Seen => ({ verdict: 'bad', detail: sentenceOf(error) })), late]),
    ({ verdict, detail }) => ({ outcome: detail, ok: verdict !== 'bad' }),
  ).finally(() => {
    late.catch(() => undefined);
    ended.abort();
  });
  return { name, verdict: seen.verdict, ms: Math.round(performance.now() - started), detail: short(redactText(seen.detail), 300) };
}

async function resolveName(host: string): Promise<Seen> {
  if (host.startsWith('/')) return { verdict: 'good', detail: `${host} is a socket of this machine` };
  if (isIP(host) !== 0) return { verdict: 'good', detail: `${host} is an address` };
  const found = await lookup(host, { all: true }).catch((error: unknown) => String((error as { code?: string }).code ?? error));
  if (typeof found === 'string') return { verdict: 'bad', detail: `the name ${host} has no address (${found})` };
  return { verdict: 'good', detail: `${host} is ${found.map(({ address }) => address).join(', ')}` };
}

async function reachPort({ host, port }: Client, open: Socket[]): Promise<Seen> {
  const at = host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`;
  const socket = host.startsWith('/') ? connectTcp(at) : connectTcp({ host, port });
  open.push(socket);
  socket.on('error', () => undefined);
  const problem = await event(socket, 'connect', longest.port);
  return problem === null ? { verdict: 'good', detail: `${at} takes connections` } : { verdict: 'bad', detail: `${at}: ${problem}` };
}

/** Resolves with null at the event, or with what came instead. */
function event(socket: Socket | TLSSocket, name: 'connect' | 'secureConnect', withinMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    socket.setTimeout(withinMs, () => resolve(`no answer within ${duration(withinMs)}`));
    socket.once(name, () => resolve(null));
    socket.once('error', (error) => resolve(sentenceOf(error)));
    socket.once('close', () => resolve('the other side closed the connection'));
  });
}

// PostgreSQL's question for TLS: length 8, code 80877103; one letter answers it.
const tlsQuestion = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

async function encrypt(client: Client, socket: Socket | undefined): Promise<Seen> {
  // The driver holds more here than its types say: nothing, true, or what TLS is told.
  const ssl = client.ssl as unknown as boolean | ConnectionOptions | undefined;
  if (!ssl || !socket) return { verdict: 'unknown', detail: 'the connection asks for no TLS' };
  const letter = await new Promise<string>((resolve) => {
    socket.setTimeout(longest.encryption, () => resolve(''));
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1', 0, 1)));
    socket.once('close', () => resolve(''));
    socket.write(tlsQuestion);
  });
  if (letter === 'N') return { verdict: 'bad', detail: 'the server has no TLS, and the connection asks for it' };
  if (letter !== 'S')
    return { verdict: 'bad', detail: 'the server says nothing to the question for TLS: what listens there is no PostgreSQL, or hangs' };
  const options = ssl === true ? {} : ssl;
  const secure = connectTls({ ...options, socket, ...(isIP(client.host) ? {} : { servername: client.host }), rejectUnauthorized: false });
  secure.on('error', () => undefined);
  const problem = await event(secure, 'secureConnect', longest.encryption);
  if (problem !== null) return { verdict: 'bad', detail: `TLS fails: ${problem}` };
  const { valid_to } = secure.getPeerCertificate();
  const certificate = `${secure.getProtocol() ?? 'TLS'}, certificate valid until ${valid_to}`;
  if (secure.authorized || options.rejectUnauthorized === false) return { verdict: 'good', detail: certificate };
  return { verdict: 'bad', detail: `the certificate is not trusted (${sentenceOf(secure.authorizationError)}); ${certificate}` };
}

const noneLeft = 'it has no connection left';
const said: Readonly<Record<string, string>> = {
  '53300': noneLeft,
  '57P03': 'it is starting, stopping or recovering',
  '28P01': 'it refuses the password',
  '28000': 'it does not let this user in from here',
  '3D000': 'it has no database of that name',
};

async function signIn(client: Client): Promise<Seen> {
  try {
    await client.connect();
    return { verdict: 'good', detail: `${client.user ?? 'the user'} is let in` };
  } catch (error) {
    const { code, severity } = error as { code?: string; severity?: string };
    const words = sentenceOf(error);
    if (severity !== undefined) return { verdict: 'bad', detail: `${said[code ?? ''] ?? 'it says no'}: ${words}` };
    if (/timeout/i.test(words))
      return { verdict: 'bad', detail: `it takes the connection and says nothing for ${duration(longest['sign-in'])}` };
    return { verdict: 'bad', detail: words };
  }
}

async function askQuestion(client: Client): Promise<Seen> {
  const { rows } = await client.query<{ one: number; standby: boolean }>('SELECT 1 AS one, pg_is_in_recovery() AS standby');
  return { verdict: 'good', detail: `it answers${rows[0]!.standby ? ', as a standby that takes no writes' : ''}` };
}
