import { z } from 'zod';
import { kubectlJson, type Cluster } from './kubectl.ts';

const time = z.string().nullish();
const events = z.object({
  items: z.array(
    z.object({
      ...{ lastTimestamp: time, eventTime: time, metadata: z.object({ creationTimestamp: time }).prefault({}) },
      series: z.object({ lastObservedTime: time }).nullish(),
      reason: z.string().default(''),
      message: z.string().default(''),
      involvedObject: z.object({ kind: z.string().default(''), name: z.string().default(''), uid: z.string().default('') }),
    }),
  ),
});

/** One thing that happened to an object. */
export interface Happened {
  /** Null when nobody wrote it down. */
  at: string | null;
  kind: string;
  name: string;
  uid: string;
  reason: string;
  message: string;
}

const longest = 300;

/** What happened in a namespace, newest first. The scheduler gives its events another time than the others do. */
export async function readEvents(cluster: Cluster): Promise<Happened[]> {
  const { items } = await kubectlJson(cluster, events, { kind: 'read', args: ['get', 'events'], mostBytes: 32 * 1024 * 1024 });
  return items
    .map(({ lastTimestamp, eventTime, series, metadata, reason, message, involvedObject: { kind, name, uid } }) => ({
      at: series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? null,
      ...{ kind, name, uid, reason, message: message.slice(0, longest) },
    }))
    .sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
}

/** `2026-11-21T03:01:00Z shop-c-1 BackOff: …` */
export const sayEvent = ({ at, name, reason, message }: Happened): string => `${at ?? '?'} ${name} ${reason}: ${message}`;
