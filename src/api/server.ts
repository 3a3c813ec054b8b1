import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pino, type Logger } from 'pino';
import { collectDefaultMetrics } from 'prom-client';
import { takeLink } from '../config/access/sign-in-link.ts';
import { createSigner } from '../config/decision-key.ts';
import { type Environment, loadEnvironment, resolveReference } from '../config/environment.ts';
import { connectTemporal } from '../config/temporal.ts';
import { createDeskClient } from '../incidents/desk-client.ts';
import { createDeskQueue } from '../incidents/desk-queue.ts';
import { createIncidents } from '../incidents/incidents.ts';
import { readBook } from '../drills/book.ts';
import { createReadiness } from '../readiness/readiness.ts';
import { createRuns } from '../runs/runs.ts';
import { createApp } from './app.ts';
import { createMetrics } from './metrics.ts';
import { temporalHealth } from './temporal-health.ts';

const graceMs = 3_000;
/** Prometheus does not wait for long. */
const bookWithinMs = 3_000;

/**
 * The API as a process: MUSTER_ENVIRONMENT, TEMPORAL_*, PORT, MUSTER_API_HOST (127.0.0.1), MUSTER_API_HOSTS, MUSTER_TRUST_PROXY, MUSTER_SIGN_IN,
 * MUSTER_TETHER.
 */
async function main(): Promise<void> {
  const { MUSTER_ENVIRONMENT: file, PORT: port = '0', MUSTER_API_HOST: host = '127.0.0.1', MUSTER_SIGN_IN: signIn } = process.env;
  if (!file) throw new Error('MUSTER_ENVIRONMENT is not set; it names the environment file');
  const log = pino({ name: 'muster-api' }, pino.destination(2));
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  if (process.env['MUSTER_TETHER'] === '1') tether(() => stopping.abort());

  const environment = await loadEnvironment(file);
  const temporal = await connectTemporal();
  const signer = signerOf(environment, log);
  const sign = signer?.sign;
  const desk = createDeskClient({ client: temporal.client, environment });
  const queue = createDeskQueue({ take: (request) => desk.take(request) });
  const metrics = createMetrics();
  collectDefaultMetrics({ register: metrics.registry });
  const app = createApp({
    environment,
    runs: createRuns({ client: temporal.client, environment, sign }),
    incidents: createIncidents({ client: temporal.client, environment, desk, queue }),
    readiness: createReadiness({ client: temporal.client, environment }),
    drillBook: () => temporal.client.withDeadline(Date.now() + bookWithinMs, () => readBook(temporal.client, environment)),
    alerts: queue,
    health: temporalHealth(temporal, environment.orchestrator.taskQueue),
    archiveFolder: resolve(resolveReference(environment.archive.folder)),
    metrics,
    signIn: newLink(signIn, log),
    hosts: listed(process.env['MUSTER_API_HOSTS']),
    trustProxy: listed(process.env['MUSTER_TRUST_PROXY']),
    log,
    stopping: stopping.signal,
  });
  // The one-time token would otherwise be seen by every program that we start.
  delete process.env['MUSTER_SIGN_IN'];
  const server = createServer({ maxHeaderSize: 8_192, headersTimeout: 10_000, requestTimeout: 30_000 }, app);
  server.listen(Number(port), host);
  await once(server, 'listening');
  if (signer) log.info({ key: signer.key, publicKey: signer.publicKey }, 'signs what people decide');
  const { address, family, port: bound } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
  process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);

  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  await close(server);
  await temporal.close();
}

/** A key that cannot be had stops no API: its commands are claims then, and the log says why. */
function signerOf(environment: Environment, log: Logger): ReturnType<typeof createSigner> | undefined {
  try {
    return createSigner(environment);
  } catch (err) {
    log.error({ err }, 'cannot sign what people decide, which counts as unsigned');
    return undefined;
  }
}

/** A link works in the first API that is told of it; without a place to note that it works in none. */
function newLink(link: string | undefined, log: Logger): string | undefined {
  if (link === undefined) return undefined;
  try {
    if (takeLink(link)) return link;
    log.warn('the sign-in link was given to an API before, and works no more; `muster sign-in` gives a new one');
  } catch (err) {
    log.error({ err }, 'the sign-in link works in no API: it cannot be noted that it was used');
  }
  return undefined;
}

/** `a, b` as a list; nothing when it is not set. */
function listed(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Ends with whoever started us: their end of our standard input closes when they are gone. */
function tether(stop: () => void): void {
  process.stdin.once('close', stop).once('end', stop).once('error', stop).resume();
}

/** Lets requests that are under way finish, for three seconds at most. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(late);
}

main().then(
  // Standard input may still be open, and would keep us.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`muster api: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
