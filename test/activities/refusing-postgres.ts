import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface Refusal {
  S: string;
  C: string;
  M: string;
}

/** A server that speaks PostgreSQL, and answers every connection with one ErrorResponse. */
export async function refusingPostgres(refusal: Refusal): Promise<{ url: string; connections: () => number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(errorResponse(refusal)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://muster:secret@127.0.0.1:${(server.address() as AddressInfo).port}/orders`,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function errorResponse({ S, C, M }: Refusal): Buffer {
  const fields = Buffer.from(`S${S}\0V${S}\0C${C}\0M${M}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from('E'), length, fields]);
}
