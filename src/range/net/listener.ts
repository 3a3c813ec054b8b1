import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { freePort } from './free-port.ts';

/** An HTTP server on a loopback port that stays its own while it is closed. */
export interface Listener {
  readonly port: number;
  readonly url: string;
  open(): Promise<void>;
  /** Refuses new connections and cuts the open ones at once. */
  close(): Promise<void>;
}

/** Reserves a port for a handler; nothing listens before `open`. */
export async function createListener(handler: RequestListener): Promise<Listener> {
  const port = await freePort();
  let server: Server | undefined;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    open: async () => {
      if (server) return;
      // Idle connections are never closed from this side, so that no request meets a connection that is just going away.
      server = createServer({ keepAliveTimeout: 3_600_000 }, handler);
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: async () => {
      const closing = server;
      if (!closing) return;
      server = undefined;
      const closed = once(closing, 'close');
      closing.close();
      closing.closeAllConnections();
      await closed;
    },
  };
}
