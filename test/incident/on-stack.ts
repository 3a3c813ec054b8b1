import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/stack.ts';
import type { IncidentCommands } from '../../src/workflows/incident/commands.ts';
import type { IncidentView } from '../../src/workflows/incident/view.ts';
import { eventually } from '../eventually.ts';

/** What people do with incidents over the API of a whole stack. A request that nobody answers is sent again with the same key. */
export interface IncidentDesk {
  declare(by: string, said: object): Promise<string>;
  ask<Name extends keyof IncidentCommands>(by: string, number: string, command: Name, said: IncidentCommands[Name]): Promise<void>;
  /** Starts a run of it and answers the run's id. */
  start(by: string, number: string, said: object): Promise<string>;
  list(): Promise<{ open: { number: string; title: string; state: string }[] }>;
  view(number: string): Promise<IncidentView>;
  seen(number: string, what: string, holds: (view: IncidentView) => boolean, within?: number): Promise<IncidentView>;
}

const politeMs = 250;
/** A message whose sender died is tried again after half a minute, then after one, after two. */
const patienceMs = 240_000;

export function incidentDeskOf(stack: () => Stack): IncidentDesk {
  const call = async (by: string, path: string, body?: object, key: string = randomUUID()) => {
    const { addresses, tokens } = stack();
    const headers = { Authorization: `Bearer ${tokens[by]}`, 'Content-Type': 'application/json', 'Idempotency-Key': key };
    const how = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(new URL(path, addresses.api), how);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  /** Until it is on the record, whether or not a worker is there to answer. */
  const recorded = async (by: string, path: string, body: object) => {
    const key = randomUUID();
    const answered = await eventually(
      `an answer of ${path}`,
      () => call(by, path, body, key).catch((error: unknown) => ({ status: 0, body: { detail: String(error) } })),
      ({ status }) => (status >= 200 && status < 300) || (status >= 400 && status < 500 && ![408, 429].includes(status)),
      patienceMs,
      politeMs,
    );
    if (answered.status >= 400) throw new Error(`${path}: ${answered.status} ${JSON.stringify(answered.body)}`);
    return answered.body as Record<string, string>;
  };
  const desk: IncidentDesk = {
    declare: async (by, said) => {
      const known = (await desk.list()).open.map(({ number }) => number);
      const { number } = await recorded(by, '/api/incidents', said);
      if (number !== undefined) return number;
      const others = async () => (await desk.list()).open.find((one) => !known.includes(one.number))?.number;
      return (await eventually(
        'its number',
        () => others().catch(() => undefined),
        (found) => found !== undefined,
        patienceMs,
        politeMs,
      ))!;
    },
    ask: async (by, number, command, said) => void (await recorded(by, `/api/incidents/${number}/signals/${command}`, said)),
    start: async (by, number, said) => (await recorded(by, `/api/incidents/${number}/runs`, said))['runId']!,
    list: async () => (await call('vic', '/api/incidents')).body as unknown as Awaited<ReturnType<IncidentDesk['list']>>,
    view: async (number) => {
      const { status, body } = await call('vic', `/api/incidents/${number}`);
      if (status !== 200) throw new Error(`no view of ${number}: ${status} ${JSON.stringify(body)}`);
      return body as unknown as IncidentView;
    },
    seen: (number, what, holds, within = patienceMs) => eventually(what, () => desk.view(number), holds, within, politeMs),
  };
  return desk;
}
