import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startInstance, type DatabaseInstance } from './instance.ts';
import { entriesOf, pageSize, seal } from './page.ts';
import { superuserOf, type DatabaseSecrets } from './postgres-settings.ts';

/** Ways to damage the shop's data. Only the first one is in the log; a damaged page reaches the replica when it is written again. */
export type Damage = { kind: 'corrupt-rows'; rows?: number } | { kind: 'corrupt-page' } | { kind: 'corrupt-index'; rows?: number };

const usualRows = 5;
const stopWithinMs = 15_000;

/** Damages a running primary for good; throws when there is not enough data to damage. */
export async function damage(primary: DatabaseInstance, what: Damage, secrets: DatabaseSecrets): Promise<void> {
  if (what.kind === 'corrupt-rows') return loseLines(primary, what.rows ?? usualRows, secrets);
  // The first page of the table, or the first leaf of its index; block 0 of an index says where its root is.
  const [relation, block] = what.kind === 'corrupt-page' ? ['orders', 0] : ['orders_pkey', 1];
  const file = await fileOf(primary, relation, secrets);
  await stopCleanly(primary);
  try {
    await rewrite(file, block, what.kind === 'corrupt-page' ? smudge : (page) => misplace(page, what.rows ?? usualRows, block));
  } finally {
    await startInstance(primary);
  }
}

/** The newest orders lose their lines, as a program with a mistake would do it: PostgreSQL sees nothing wrong. */
async function loseLines({ port }: DatabaseInstance, rows: number, secrets: DatabaseSecrets): Promise<void> {
  const lost = await asSuperuser(port, secrets, async (session) => {
    const { rows: hit } = await session.query<{ order_id: string }>(
      `WITH newest AS (SELECT id FROM orders ORDER BY placed_at DESC LIMIT $1)
       DELETE FROM order_lines USING newest WHERE order_id = newest.id RETURNING order_id`,
      [rows],
    );
    return new Set(hit.map(({ order_id }) => order_id)).size;
  });
  if (lost < rows) throw new Error(`there were only ${lost} orders to damage`);
}

/** Bytes that a bad disk has changed: the page no longer fits its checksum. */
function smudge(page: Buffer): void {
  for (let at = pageSize - 512; at < pageSize - 448; at += 1) page[at]! ^= 0x5a;
}

/** Entries of a leaf no longer name the key of the row that they point to, and nothing on the page shows it. */
function misplace(page: Buffer, rows: number, block: number): void {
  // The first entry of a leaf may be its upper bound, which names no row.
  const hit = entriesOf(page).slice(1, rows + 1);
  if (hit.length < rows) throw new Error(`there are only ${hit.length} entries to damage`);
  // The last byte of a random key: the order on the page stays as it is.
  for (const { at, length } of hit) page[at + length - 1]! ^= 0x01;
  seal(page, block);
}

async function rewrite(file: string, block: number, change: (page: Buffer) => void): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const page = Buffer.alloc(pageSize);
    const { bytesRead } = await handle.read(page, 0, pageSize, block * pageSize);
    if (bytesRead < pageSize) throw new Error(`there is no page ${block} to damage yet`);
    change(page);
    await handle.write(page, 0, pageSize, block * pageSize);
  } finally {
    await handle.close();
  }
}

async function fileOf({ server, port }: DatabaseInstance, relation: string, secrets: DatabaseSecrets): Promise<string> {
  return asSuperuser(port, secrets, async (session) => {
    const { rows } = await session.query<{ path: string }>('SELECT pg_relation_filepath($1::regclass) AS path', [relation]);
    return join(server.data, rows[0]!.path);
  });
}

/** Without a power cut, which would have the next start write pages anew from the log. */
async function stopCleanly({ server, name }: DatabaseInstance): Promise<void> {
  const [pid] = (await readFile(join(server.data, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGINT');
  const giveUpAt = Date.now() + stopWithinMs;
  while (server.running) {
    if (Date.now() > giveUpAt) throw new Error(`${name} did not stop`);
    await sleep(20);
  }
  await server.kill();
}

async function asSuperuser<T>(port: number, secrets: DatabaseSecrets, work: (session: pg.Client) => Promise<T>): Promise<T> {
  const session = new pg.Client({ ...superuserOf(port, secrets), database: 'orders' });
  session.on('error', () => undefined);
  await session.connect();
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}
