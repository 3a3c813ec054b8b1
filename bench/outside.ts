import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Everything outside of a worker that it may call: says yes to all, and notes when it was called. */
export interface Outside {
  url: string;
  /** When the next call with that path comes, on the clock of `performance.now()`. Throws when none comes within 30 s. */
  call(path: string): Promise<number>;
  stop(): Promise<void>;
}

const patienceMs = 30_000;

export async function startOutside(): Promise<Outside> {
  const awaited = new Map<string, (at: number) => void>();
  const server = createServer((request, response) => {
    awaited.get(request.url!)?.(performance.now());
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"ok":true,"id":"1","status":"success"}'));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    call: (path) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no call of ${path} came within ${patienceMs / 1000} s`)), patienceMs);
        awaited.set(path, (at) => {
          clearTimeout(late);
          awaited.delete(path);
          resolve(at);
        });
      }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
