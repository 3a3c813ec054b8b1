import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Post } from '../../workflows/incident/messages.ts';
import { deliver } from './deliver.ts';
import { failure, jsonOf, notify, redactText, request, resolved, resolvedSecret, short, under } from '../kit/index.ts';
import { delivers } from './sink.ts';
import { publish } from './statuspage-incident.ts';

export interface StatuspageUpdate {
  name: string;
  status: 'investigating' | 'identified' | 'monitoring' | 'resolved';
  body: string;
  /** Updates of one run go to one incident. */
  runId: string;
}

const longestName = 255;
const longestBody = 5_000;
const incidentSchema = z.object({ id: z.string(), metadata: z.unknown().optional() });

/** Statuspage's API; `url` is its base, e.g. https://api.statuspage.io. */
export function statuspageActivities({ notify: { statuspage } }: Environment) {
  const opened = new Map<string, string>();
  return {
    /** Opens the run's incident, or updates it: creating is not idempotent, so the run's id in the metadata is searched for first. */
    notifyStatuspage: notify(async ({ name, status, body, runId }: StatuspageUpdate) => {
      if (!statuspage) throw failure(Failure.InvalidInput, 'this environment has no Statuspage');
      const url = under(resolved(statuspage.url), `/v1/pages/${encodeURIComponent(resolved(statuspage.page))}/incidents`);
      const headers = { authorization: `OAuth ${resolvedSecret(statuspage.apiKey)}` };
      const incident = {
        name: short(redactText(name), longestName),
        status,
        body: short(redactText(body), longestBody),
        metadata: { muster: { run: runId } },
      };
      const known = opened.get(runId) ?? (await findIncident(url, headers, runId));
      const answer = await deliver({
        method: known ? 'PATCH' : 'POST',
        url: known ? `${url}/${encodeURIComponent(known)}` : url,
        headers,
        body: { incident },
      });
      const created = known ?? incidentSchema.safeParse(jsonOf(answer)).data?.id;
      if (status === 'resolved') opened.delete(runId);
      else if (created) opened.set(runId, created);
    }),

    /** Publishes an incident, or an update of it, with the state of its components. */
    deliverStatuspage: delivers<Extract<Post, { sink: 'statuspage' }>>(async (sending) => {
      if (!statuspage) throw failure(Failure.InvalidInput, 'this environment has no Statuspage');
      const page = under(resolved(statuspage.url), `/v1/pages/${encodeURIComponent(resolved(statuspage.page))}`);
      const { title, body, status, components } = sending.post;
      const id = await publish(
        { page, headers: { authorization: `OAuth ${resolvedSecret(statuspage.apiKey)}` } },
        {
          ...{ number: sending.incident.number, message: sending.id, status, components },
          name: short(redactText(title), longestName),
          body: sending.say(body, longestBody),
          // What is practised is on the page for those who look, and in nobody's mail.
          tellSubscribers: !sending.incident.drill,
        },
        sending.links.statuspage?.id,
      );
      return { statuspage: { id } };
    }),
  };
}

/** A search that fails finds nothing: telling customers twice is better than not at all. */
async function findIncident(url: string, headers: Record<string, string>, runId: string): Promise<string | undefined> {
  try {
    const answer = await request({ url: `${url}/unresolved`, headers, kind: 'read', timeoutMs: 2_000 });
    const incidents = z.array(incidentSchema).safeParse(jsonOf(answer)).data ?? [];
    return incidents.find(({ metadata }) => JSON.stringify(metadata ?? {}).includes(JSON.stringify(runId)))?.id;
  } catch {
    return undefined;
  }
}
