import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../net/free-port.ts';

/** A TCP way from a replica to its primary that can be slow, or gone. */
export interface LagProxy {
  readonly port: number;
  open(): Promise<void>;
  /** Loses everything that is still on the way and refuses new connections. */
  cut(): Promise<void>;
  /** Delay of what flows from the primary to the replica; also holds for what is already on the way. `Infinity`: nothing arrives until it is less. */
  setLag(ms: number): void;
}

/** Reserves a port whose connections go to `target()`, the primary's port at the time of the connection; without one they are reset. */
export async function createLagProxy(
  target: () => number | undefined,
  door?: (visitor: Socket) => 'turned away' | undefined,
): Promise<LagProxy> {
  const port = await freePort();
  let server: Server | undefined;
  let lagMs = 0;
  const links = new Set<Link>();
  return {
    port,
    open: async () => {
      if (server) return;
      server = createServer((replica) => {
        if (door?.(replica)) return;
        const port = target();
        if (port === undefined) return void replica.resetAndDestroy();
        const link = connectLink(replica, connect(port, '127.0.0.1'), () => lagMs);
        links.add(link);
        replica.once('close', () => links.delete(link));
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    cut: async () => {
      for (const link of links) link.destroy();
      const closing = server;
      if (!closing) return;
      server = undefined;
      const closed = once(closing, 'close');
      closing.close();
      await closed;
    },
    setLag: (ms) => {
      lagMs = ms;
      for (const link of links) link.deliver();
    },
  };
}

interface Link {
  deliver(): void;
  destroy(): void;
}

function connectLink(replica: Socket, primary: Socket, lagMs: () => number): Link {
  // A null chunk stands for the primary's end of the stream: it arrives as late as the bytes before it.
  const onTheWay: { at: number; chunk: Buffer | null }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function deliver(): void {
    clearTimeout(timer);
    for (let head = onTheWay[0]; head; head = onTheWay[0]) {
      const wait = head.at + lagMs() - Date.now();
      if (wait > 0) {
        if (wait < Infinity) timer = setTimeout(deliver, wait);
        return;
      }
      onTheWay.shift();
      if (head.chunk) replica.write(head.chunk);
      else replica.end();
    }
  }

  function destroy(): void {
    clearTimeout(timer);
    onTheWay.length = 0;
    replica.destroy();
    primary.destroy();
  }

  const arrive = (chunk: Buffer | null): void => {
    onTheWay.push({ at: Date.now(), chunk });
    if (onTheWay.length === 1) deliver();
  };
  primary.on('data', arrive);
  primary.once('end', () => arrive(null));
  primary.once('error', destroy);
  replica.once('error', destroy);
  replica.once('close', destroy);
  replica.pipe(primary);
  for (const socket of [replica, primary]) socket.setNoDelay(true);
  return { deliver, destroy };
}
