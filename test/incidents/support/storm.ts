import { setTimeout as delay } from 'node:timers/promises';
import type { DeskOnTemporal } from './desk-on-temporal.ts';

/** How many causes the alerts of a storm have. */
export const causes = 40;
export const minuteAgo = new Date(Date.now() - 60_000).toISOString();
/** What makes incidents of them. */
export const rule = {
  name: 'node-down',
  match: { alertname: 'NodeDown' },
  service: 'shop',
  severity: 'P1',
  groupBy: ['rack'],
  summary: '{annotations.summary}',
};
export const webhook = (alerts: object[]) => ({
  version: '4',
  status: 'firing',
  groupKey: '{}',
  truncatedAlerts: 0,
  receiver: 'muster',
  alerts,
});
/** The alert of one node of many. */
export const alert = (index: number, startsAt: string, more: object = {}) => ({
  ...{ status: 'firing', fingerprint: index.toString(16).padStart(16, '0'), startsAt, endsAt: '0001-01-01T00:00:00Z' },
  labels: { alertname: 'NodeDown', rack: `rack-${index % causes}`, node: `node-${index}` },
  annotations: { summary: `node-${index} does not answer`, description: 'x'.repeat(200) },
  ...more,
});

/** Sends each at its time, as senders do who know nothing of each other, and answers how long each took, ms. */
export async function send(at: DeskOnTemporal, bodies: object[], everyMs: number): Promise<number[]> {
  const sendOne = async (body: object): Promise<number> => {
    const began = performance.now();
    // What was not taken is sent again.
    while (!(await at.post(body).catch(() => undefined))?.ok);
    return performance.now() - began;
  };
  const sent: Promise<number>[] = [];
  const began = performance.now();
  for (const [index, body] of bodies.entries()) {
    await delay(Math.max(0, began + index * everyMs - performance.now()));
    sent.push(sendOne(body));
  }
  return (await Promise.all(sent)).sort((one, two) => one - two);
}
/** The time that a share of all stayed under, ms. */
export const share = (took: number[], of: number) => Math.round(took[Math.floor(took.length * of)] ?? 0);
