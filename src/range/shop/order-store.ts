import pg from 'pg';
import type { RegionName } from '../contract.ts';

export interface Order {
  id: string;
  placedAt: string;
  region: string;
  item: string;
}

/** Where the shops of one region keep their orders: the database that the record names at the time. */
export interface OrderStore {
  /** Follows the record; the first look-up is over when it resolves. */
  start(): Promise<void>;
  /** Places an order in one transaction; an order that is already there is answered as it is. */
  place(order: { id: string; item: string }): Promise<{ order: Order; existed: boolean }>;
  find(id: string): Promise<Order | undefined>;
  /** Why no order can be placed now; undefined when one can. */
  notWritableBecause(): Promise<string | undefined>;
  /** Drops all sessions, as when the region's power goes. */
  drop(): void;
  stop(): Promise<void>;
}

export interface DatabaseAddress {
  host: string;
  port: number;
}

export interface OrderStoreOptions {
  region: RegionName;
  password: string;
  /** Looks up the database's record; asked every 500 ms. */
  locate: () => Promise<DatabaseAddress | null>;
}

const locateEveryMs = 500;
/** Shorter than the second that customers wait, so that they hear of the failure. */
const answerWithinMs = 800;

const placeSql = `
  WITH placed AS (INSERT INTO orders (id, region, item) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING *),
       line AS (INSERT INTO order_lines (order_id, item, quantity) SELECT id, item, 1 FROM placed)
  SELECT * FROM placed`;

/** A store that knows no database before `start`. */
export function createOrderStore({ region, password, locate }: OrderStoreOptions): OrderStore {
  let current: { address: DatabaseAddress; pool: pg.Pool } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function connect(address: DatabaseAddress): void {
    const pool = new pg.Pool({
      ...address,
      user: 'shop',
      password,
      database: 'orders',
      application_name: `shop-${region}`,
      max: 8,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
    });
    pool.on('error', () => undefined);
    // A session in use must not take the whole range down with its database either.
    pool.on('connect', (session) => void session.on('error', () => undefined));
    const former = current?.pool;
    current = { address, pool };
    former?.end().catch(() => undefined);
  }

  async function follow(): Promise<void> {
    // A look-up that fails changes nothing: what was known last is the best answer there is.
    const address = await locate().catch(() => null);
    if (stopped) return;
    if (address && (address.host !== current?.address.host || address.port !== current.address.port)) connect(address);
    timer = setTimeout(() => void follow(), locateEveryMs);
  }

  async function inSession<Result>(act: (session: pg.PoolClient) => Promise<Result>): Promise<Result> {
    if (!current) throw new Error('the record names no database');
    const session = await current.pool.connect();
    try {
      const result = await act(session);
      session.release();
      return result;
    } catch (error) {
      // A session that failed may be read-only for good: the next one starts afresh.
      session.release(true);
      throw error;
    }
  }

  async function find(session: pg.PoolClient, id: string): Promise<Order | undefined> {
    const { rows } = await session.query<OrderRow>('SELECT * FROM orders WHERE id = $1', [id]);
    return rows[0] && toOrder(rows[0]);
  }

  return {
    start: follow,
    place: ({ id, item }) =>
      inSession(async (session) => {
        const { rows } = await session.query<OrderRow>(placeSql, [id, region, item]);
        if (rows[0]) return { order: toOrder(rows[0]), existed: false };
        return { order: (await find(session, id))!, existed: true };
      }),
    find: (id) => inSession((session) => find(session, id)),
    notWritableBecause: () =>
      inSession(async (session) => {
        const { rows } = await session.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
        if (rows[0]!.transaction_read_only === 'on') throw new Error('its database is read-only');
        return undefined;
      }).catch((error: unknown) => (error instanceof Error ? error.message : String(error))),
    drop: () => {
      if (current) connect(current.address);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current?.pool.end();
    },
  };
}

interface OrderRow {
  id: string;
  placed_at: Date;
  region: string;
  item: string;
}

function toOrder({ id, placed_at, region, item }: OrderRow): Order {
  return { id, placedAt: placed_at.toISOString(), region, item };
}
