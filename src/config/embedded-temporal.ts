import { chmod, mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { startTethered, type Tethered } from '../tethered.ts';
import { searchAttributeNames } from '../workflows/search-attributes.ts';
import { toolPath } from './tools.ts';

const host = '127.0.0.1';
const namespace = 'default';
const readyWithinMs = 30_000;

/** Without these, one shard waits up to 100 ms before every step, and a file without WAL is six times slower. */
const tuning = [
  ['--sqlite-pragma', 'journal_mode=WAL'],
  ['--sqlite-pragma', 'synchronous=NORMAL'],
  ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
  ['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=2000'],
].flat();

export interface EmbeddedTemporalOptions {
  /** Holds the server's SQLite file: runs survive a restart on the same folder. */
  folder: string;
  log?: (line: string) => void;
  /** Serve the Web UI too. */
  ui?: boolean;
  /** Keep the ports of a server that was there before; free ones by default. */
  ports?: { server: number; ui: number };
}

export interface EmbeddedTemporal {
  address: string;
  namespace: string;
  uiUrl?: string;
  ports: { server: number; ui: number };
  /** Id of the process group. */
  pid: number;
  /** Settles when the server has ended, for whatever reason. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts Temporal's own development server on loopback, with its state in a file. Throws with the end of its log when it does not come up. */
export async function startEmbeddedTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  await mkdir(options.folder, { recursive: true });
  const ports = options.ports ?? { server: await freePort(), ui: await freePort() };
  const address = `${host}:${ports.server}`;
  const lastLines: string[] = [];
  const server = startTethered(
    toolPath('temporal'),
    [
      ...['server', 'start-dev', '--ip', host, '--port', `${ports.server}`, '--db-filename', join(options.folder, 'temporal.db')],
      ...['--log-level', 'warn', ...tuning],
      ...(options.ui ? ['--ui-port', `${ports.ui}`, '--ui-disable-news-fetch'] : ['--headless']),
      ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ],
    {
      onLine: (line) => {
        lastLines.push(line);
        if (lastLines.length > 20) lastLines.shift();
        options.log?.(line);
      },
    },
  );
  try {
    await answers(address, server);
  } catch (cause) {
    await server.stop();
    throw new Error(`the embedded Temporal server did not start: ${(cause as Error).message}\n${lastLines.join('\n')}`, { cause });
  }
  // What runs keep there is for nobody else. The server lays the file out only when it makes it itself; what it makes beside it takes its rights.
  for (const name of ['', '-wal', '-shm']) await chmod(`${join(options.folder, 'temporal.db')}${name}`, 0o600).catch(() => undefined);
  return {
    ...{ address, namespace, ports, pid: server.pid, ended: server.ended, stop: () => server.stop() },
    ...(options.ui ? { uiUrl: `http://${host}:${ports.ui}` } : {}),
  };
}

/** Waits for a real answer about the namespace: the port opens before that. */
async function answers(address: string, server: Tethered): Promise<void> {
  let endedWith: { code: number | null } | undefined;
  void server.ended.then((code) => (endedWith = { code }));
  const until = Date.now() + readyWithinMs;
  for (;;) {
    const problem = await describeNamespace(address);
    if (problem === undefined) return;
    if (endedWith) throw new Error(`it ended with code ${endedWith.code}`);
    if (Date.now() > until) throw new Error(`it did not answer within ${readyWithinMs / 1000} s (${problem})`);
    await delay(50);
  }
}

async function describeNamespace(address: string): Promise<string | undefined> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    await connection.withDeadline(Date.now() + 2_000, () => connection!.workflowService.describeNamespace({ namespace }));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await connection?.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
