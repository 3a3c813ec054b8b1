import { z } from 'zod';
import type { ComponentStatus, PublicStatus } from '../../workflows/incident/messages.ts';
import { finding, HttpAnswer, type HttpRequest, jsonOf } from '../kit/index.ts';
import { answered, ask } from './sink.ts';

export interface PublicUpdate {
  /** Number of the incident and id of the message; both stand in the incident's metadata, which makes them known again. */
  number: string;
  message: string;
  name: string;
  status: PublicStatus;
  body: string;
  /** By the name or the id of the component. */
  components: Record<string, ComponentStatus>;
  tellSubscribers: boolean;
}

interface Page {
  /** URL of the page in the API. */
  page: string;
  headers: Record<string, string>;
}

const incidentSchema = z.object({ id: z.string(), metadata: z.unknown().optional() });
const oursSchema = z.object({ muster: z.object({ incident: z.string(), message: z.string().optional() }) });
const componentSchema = z.object({ id: z.string(), name: z.string() });

/** Creates the incident on the status page, or updates it; what is there already stays as it is. Answers its id. */
export async function publish(at: Page, update: PublicUpdate, knownId: string | undefined): Promise<string> {
  const known = knownId === undefined ? await findOurs(at, update.number) : await lookUp(at, knownId);
  if (known && oursOf(known)?.message === update.message) return known.id;
  const incident = {
    ...{ name: update.name, status: update.status, body: update.body },
    components: await componentIds(at, update.components),
    deliver_notifications: update.tellSubscribers,
    metadata: { muster: { incident: update.number, message: update.message } },
  };
  const url = known ? `/incidents/${encodeURIComponent(known.id)}` : '/incidents';
  const answer = await call(at, { method: known ? 'PATCH' : 'POST', url, body: { incident }, kind: 'notify' });
  return known?.id ?? answered(incidentSchema, answer, 'Statuspage').id;
}

async function lookUp(at: Page, id: string): Promise<z.infer<typeof incidentSchema>> {
  return answered(incidentSchema, await call(at, { url: `/incidents/${encodeURIComponent(id)}`, kind: 'read' }), 'Statuspage');
}

/** Creating is not idempotent, so the newest hundred are searched first. */
async function findOurs(at: Page, number: string): Promise<z.infer<typeof incidentSchema> | undefined> {
  const incidents = answered(z.array(incidentSchema), await call(at, { url: '/incidents?limit=100', kind: 'read' }), 'Statuspage');
  return incidents.find((incident) => oursOf(incident)?.incident === number);
}

function oursOf({ metadata }: z.infer<typeof incidentSchema>): { incident: string; message?: string | undefined } | undefined {
  return oursSchema.safeParse(metadata).data?.muster;
}

/** A component that the page does not have is left out: customers are told all the same. */
async function componentIds(at: Page, wanted: Record<string, ComponentStatus>): Promise<Record<string, ComponentStatus>> {
  if (Object.keys(wanted).length === 0) return {};
  const components = answered(z.array(componentSchema), await call(at, { url: '/components?per_page=100', kind: 'read' }), 'Statuspage');
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([asked, status]) => {
      const found = components.find(({ id, name }) => id === asked || name === asked);
      if (!found) finding(`Statuspage: the component ${asked}`, 'the page has no such component, so it is left out');
      return found ? [[found.id, status]] : [];
    }),
  );
}

type Call = Pick<HttpRequest, 'method' | 'url' | 'body' | 'kind'>;

async function call({ page, headers }: Page, { url, ...asked }: Call): Promise<unknown> {
  try {
    return jsonOf(await ask({ ...asked, url: `${page}${url}`, headers }));
  } catch (error) {
    // Statuspage also says 420 for too many requests.
    if (error instanceof HttpAnswer && error.status === 420) throw new HttpAnswer(error.message, 429, error.retryAfterMs);
    throw error;
  }
}
