import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { findPostgres } from '../../../src/range/databases/postgres-programs.ts';
import { createPostgresServer } from '../../../src/range/databases/postgres-server.ts';
import { createDatabaseSecrets } from '../../../src/range/databases/postgres-settings.ts';
import { freePort } from '../../../src/range/net/free-port.ts';
import { rigFolder } from '../rig-folder.ts';

/** A real PostgreSQL behind a door, which people can shut: nobody reaches it then, as if it did not run. */
export interface DatabaseBehindADoor {
  /** `host:port` of the door. */
  address: string;
  connection: string;
  open(): Promise<void>;
  shut(): Promise<void>;
  isOpen(): boolean;
  stop(): Promise<void>;
}

/** Starts one whose door is at an address of this machine; the address need not be there before the door is opened. */
export async function startDatabase(host: string): Promise<DatabaseBehindADoor> {
  const folder = await rigFolder('own-database');
  // PostgreSQL runs as nobody, who must pass through.
  chmodSync(folder, 0o755);
  const [secrets, port, doorPort] = [createDatabaseSecrets(), await freePort(), await freePort()];
  const server = createPostgresServer(join(folder, 'server'), await findPostgres(), secrets);
  await server.init();
  await server.start({ name: 'orders', port });
  let door: Server | undefined;
  const inside = new Set<Socket>();
  const shut = async () => {
    for (const socket of inside) socket.destroy();
    const closing = door;
    door = undefined;
    if (closing) await new Promise((resolve) => closing.close(resolve));
  };
  return {
    address: `${host}:${doorPort}`,
    connection: `postgres://postgres:${secrets.superuser}@${host}:${doorPort}/postgres`,
    open: async () => {
      const opening = createServer((socket) => {
        const behind = connect({ host: '127.0.0.1', port });
        for (const [one, other] of [
          [socket, behind],
          [behind, socket],
        ] as const) {
          inside.add(one);
          one.on('error', () => other.destroy());
          one.on('close', () => (inside.delete(one), other.destroy()));
          one.pipe(other);
        }
      });
      await new Promise<void>((resolve, reject) => opening.once('error', reject).listen(doorPort, host, resolve));
      door = opening;
    },
    shut,
    isOpen: () => door !== undefined,
    stop: async () => {
      await shut();
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
