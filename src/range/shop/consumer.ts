import pg from 'pg';
import type { ConsumerStatus, RegionName } from '../contract.ts';
import { createHttpSwitch, type HttpSwitch } from './http-switch.ts';
import type { DatabaseAddress } from './order-store.ts';

/** The background worker of one region: while it is on it leaves a heartbeat in the shop's database, again and again. */
export interface Consumer {
  readonly switch: HttpSwitch;
  status(): ConsumerStatus;
  open(): Promise<void>;
  /** It stops at once; whether it was on is remembered. */
  close(): Promise<void>;
}

export interface ConsumerOptions {
  region: RegionName;
  on: boolean;
  password: string;
  /** Looks up the database's record before every heartbeat. */
  locate: () => Promise<DatabaseAddress | null>;
}

const everyMs = 400;
const answerWithinMs = 800;
const beatSql = 'INSERT INTO worker_beats (region) VALUES ($1)';

/** A worker that is not there before it is opened. */
export async function createConsumer({ region, on, password, locate }: ConsumerOptions): Promise<Consumer> {
  const done = { beats: 0, lastAt: null as string | null };
  const control = await createHttpSwitch(on, () => done);
  let timer: NodeJS.Timeout | undefined;
  let there = false;

  async function beat(): Promise<void> {
    const address = await locate();
    if (!address || !there || !control.isOn()) return;
    const session = new pg.Client({
      ...{ ...address, user: 'shop', password, database: 'orders', application_name: `worker-${region}` },
      ...{ connectionTimeoutMillis: answerWithinMs, query_timeout: answerWithinMs },
    });
    session.on('error', () => undefined);
    try {
      await session.connect();
      await session.query(beatSql, [region]);
      done.beats += 1;
      done.lastAt = new Date().toISOString();
    } finally {
      await session.end();
    }
  }

  async function work(): Promise<void> {
    // A database that is away or read-only is no reason to end: the next beat tries again.
    if (control.isOn()) await beat().catch(() => undefined);
    if (there) timer = setTimeout(() => void work(), everyMs);
  }

  return {
    switch: control,
    status: () => ({ on: control.isOn(), ...done }),
    open: async () => {
      if (there) return;
      there = true;
      await control.open();
      timer = setTimeout(() => void work(), everyMs);
    },
    close: async () => {
      there = false;
      clearTimeout(timer);
      await control.close();
    },
  };
}
