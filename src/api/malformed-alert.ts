import { z } from 'zod';
import { pointer } from './errors.ts';

/** An alert that cannot be taken: its place in the batch, what of it is wrong, and the beginning of what was sent. */
export interface Malformed {
  index: number;
  field: string;
  fingerprint?: string;
  alertname?: string;
  why: string;
  sent: string;
}

const longest = { name: 200, why: 300, sent: 2_000 };

const name = z.string().min(1).max(longest.name).optional().catch(undefined);
const named = z.object({ fingerprint: name, labels: z.object({ alertname: name }).catch({}) }).catch({ labels: {} });

/** Says why one alert cannot be taken: its sender would send none of the others again if all were refused. */
export function malformed(index: number, one: unknown, { issues }: z.ZodError): Malformed {
  const { fingerprint, labels } = named.parse(one);
  const said = issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; ');
  return {
    index,
    field: pointer(['alerts', index, ...(issues[0]?.path ?? [])]).slice(0, longest.name),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(labels.alertname === undefined ? {} : { alertname: labels.alertname }),
    why: `it cannot be read: ${said}`.slice(0, longest.why),
    sent: asText(one),
  };
}

/** What is nested too deep to be written as JSON was not sent by any of the senders that we know. */
function asText(one: unknown): string {
  try {
    return (JSON.stringify(one) ?? '').slice(0, longest.sent);
  } catch {
    return 'too deep to be written down';
  }
}
