import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { InternalConnectionOptionsSymbol } from '@temporalio/client/lib/connection.js';
import { msToTs } from '@temporalio/common/lib/time.js';
import { toolPath } from '../config/tools.ts';
import { startTethered } from '../tethered.ts';

const host = '127.0.0.1';
const readyWithinMs = 30_000;
/** As the SDK's own testing package says it. */
const skipsTime: object = { [InternalConnectionOptionsSymbol]: { supportsTestService: true } };

/** A Temporal server for one what-if that keeps everything in memory and skips the time in which nothing happens. */
export interface TimeServer {
  address: string;
  client: Client;
  /** From now on time passes as it does for people. */
  hold(): Promise<void>;
  /** Skips so many ms, and no more. */
  skip(ms: number): Promise<void>;
  /** The time that it is there, ms. */
  now(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it on loopback; it ends with this process. Throws when it does not come up. */
export async function startTimeServer(): Promise<TimeServer> {
  const port = await freePort();
  const address = `${host}:${port}`;
  const server = startTethered(toolPath('temporal-test-server'), [`${port}`, '--enable-time-skipping']);
  try {
    const connection = await connect(address);
    const time = connection.testService!;
    return {
      ...{ address, client: new Client({ connection, namespace: 'default' }) },
      hold: async () => void (await time.lockTimeSkipping({})),
      skip: async (ms) => void (await time.unlockTimeSkippingWithSleep({ duration: msToTs(ms) })),
      now: async () => {
        const { time: at } = await time.getCurrentTime({});
        return Number(at?.seconds ?? 0) * 1_000 + Math.round((at?.nanos ?? 0) / 1e6);
      },
      stop: async () => {
        await connection.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connect(address: string): Promise<Connection> {
  for (const until = Date.now() + readyWithinMs; ; await delay(50)) {
    try {
      return await Connection.connect({ address, connectTimeout: 1_000, ...skipsTime });
    } catch (cause) {
      if (Date.now() > until) throw new Error('the server that skips time did not start', { cause });
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
