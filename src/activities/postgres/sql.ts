import { Client, type QueryResultRow } from 'pg';
import { Failure } from '../../workflows/failures.ts';
import { failure, named, observed, pauseFor, rememberSecret, resolvedSecret, sentenceOf, verdictOf } from '../kit/index.ts';

/** A database of the environment in one of its regions. */
export interface Where {
  database: string;
  region: string;
  /** Where it listens, when it is not the region's usual instance, e.g. a restored copy; the environment's user and password hold there too. */
  endpoint?: { host: string; port: number };
}

/** All that a session must know of an environment. */
export interface Connections {
  databases: Readonly<Record<string, { regions: Readonly<Record<string, { connection: string }>> }>>;
}

export interface Session {
  /** Rows of one statement; recorded as a read, or as a change when it says so. */
  run<Row extends QueryResultRow>(statement: string, values?: unknown[], kind?: 'read' | 'change'): Promise<Row[]>;
}

/** How sessions of ours are called in pg_stat_activity. */
export const applicationName = 'muster';
const usualConnectMs = 2_000;
const statementMs = 8_000;
const askAgainMs = 200;
/** A server that hears no more cannot say goodbye either. */
const goodbyeMs = 1_000;

/**
 * `read` cannot write, whatever the database would allow; `change` may write even when the database is fenced;
 * `customer` is a session just as the service's own would be.
 */
export type Access = 'read' | 'change' | 'customer';

export interface SessionLimits {
  /** Longest wait for the connection, in ms. */
  connectMs?: number;
  /** How often a connection is tried that is refused for now, e.g. because all are taken; once when left out. */
  tries?: number;
  /** Longest statement, in ms. */
  statementMs?: number;
  /** Settings of PostgreSQL that hold in this session, e.g. `{ enable_seqscan: 'off' }`. */
  settings?: Readonly<Record<string, string>>;
}

/** Opens a session, works in it, closes it. Throws Transient when the database does not answer. */
export async function withSession<T>(
  environment: Connections,
  where: Where,
  access: Access,
  work: (session: Session) => Promise<T>,
  limits: SessionLimits = {},
): Promise<T> {
  const client = await connectAtLast(environment, where, access, limits);
  const session: Session = {
    run: <Row extends QueryResultRow>(statement: string, values: unknown[] = [], kind: 'read' | 'change' = 'read') =>
      observed({ ...predictedStatement(where, statement, values), tool: 'postgres', kind }, async () => {
        const { rows } = await client.query<Row>(statement, values).catch((error: unknown) => {
          throw withCode(error);
        });
        return rows;
      }),
  };
  try {
    if (access === 'read') await client.query('BEGIN READ ONLY');
    return await work(session);
  } finally {
    // What a session began and did not commit is rolled back by its end.
    await Promise.race([client.end().catch(() => undefined), pauseFor(goodbyeMs)]);
  }
}

/** How a statement looks in the evidence and in predictions. */
export function predictedStatement({ database, region, endpoint }: Where, statement: string, values: unknown[] = []) {
  return {
    call: statement.replace(/\s+/g, ' ').trim(),
    args: {
      database,
      region,
      ...(endpoint ? { endpoint: `${endpoint.host}:${endpoint.port}` } : {}),
      ...(values.length > 0 ? { values: values.map(brief) } : {}),
    },
  };
}

const brief = (value: unknown): unknown => (Array.isArray(value) && value.length > 20 ? `${value.length} values` : value);

/** To connect changes nothing, so it may be tried again. */
async function connectAtLast(environment: Connections, where: Where, access: Access, limits: SessionLimits): Promise<Client> {
  for (let left = limits.tries ?? 1; ; left -= 1) {
    try {
      return await connect(environment, where, access, limits);
    } catch (error) {
      if (left <= 1 || !('severity' in (error as object)) || verdictOf(error) !== 'retry') throw error;
      await pauseFor(askAgainMs);
    }
  }
}

async function connect(
  environment: Connections,
  { database, region, endpoint }: Where,
  access: Access,
  { connectMs = usualConnectMs, statementMs: longest = statementMs, settings = {} }: SessionLimits,
): Promise<Client> {
  const set = Object.entries({ ...(access === 'change' ? { default_transaction_read_only: 'off' } : {}), ...settings });
  const { connection } = named(named(environment.databases, database, 'database').regions, region, `database ${database} in the region`);
  const connectionString = at(resolvedSecret(connection), endpoint);
  if (URL.canParse(connectionString)) rememberSecret(new URL(connectionString).password);
  const client = new Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    statement_timeout: longest,
    query_timeout: longest + 1_000,
    ...(set.length > 0 ? { options: set.map(([name, value]) => `-c ${name}=${value}`).join(' ') } : {}),
  });
  client.on('error', () => undefined);
  try {
    await observed({ tool: 'postgres', call: 'connect', args: { database, region }, kind: 'read' }, () => client.connect());
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    if ('severity' in (error as object)) throw error;
    throw failure(Failure.Transient, `the database ${database} in ${region} does not answer: ${sentenceOf(error)}`);
  }
}

/** The same connection to another server. */
function at(connection: string, endpoint: Where['endpoint']): string {
  if (!endpoint) return connection;
  const url = new URL(connection);
  url.hostname = endpoint.host;
  url.port = String(endpoint.port);
  return url.href;
}

/** A connection that broke, or did not answer in time, says so in words only; nobody knows whether the statement was done. */
function withCode(error: unknown): unknown {
  if (error instanceof Error && !('code' in error)) return Object.assign(error, { code: 'ECONNRESET' });
  return error;
}
