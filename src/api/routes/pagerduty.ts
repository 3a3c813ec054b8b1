import type { Logger } from 'pino';
import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import type { Incidents } from '../../incidents/incidents.ts';
import { RunProblem } from '../../runs/problem.ts';
import { heardIn, pagerDutyBody } from '../chat/pagerduty-event.ts';
import { readSecret } from '../chat/read-secret.ts';
import { createSeen } from '../chat/seen.ts';
import { pagerDutySignature } from '../chat/signatures.ts';
import { outcomes, takePagerDuty, type Taken } from '../chat/take-pagerduty.ts';
import { route, type Route } from '../route.ts';

/** PagerDuty delivers an event again for two days at most. */
const rememberedMs = 7 * 86_400_000;
const notOurs: Taken = { outcome: 'notOurs', detail: 'It is about no page of Muster, or says nothing that Muster takes.' };
const taken = z.object({ outcome: z.enum([...outcomes, 'repeated']), detail: z.string() });

export interface PagerDutyOptions {
  environment: Environment;
  incidents: Pick<Incidents, 'view' | 'ask'>;
  log: Pick<Logger, 'info'>;
  env?: NodeJS.ProcessEnv | undefined;
}

/** What people say in PagerDuty about incidents of Muster. Throws when a secret of the webhook is not there. */
export function pagerDutyRoutes({ environment, incidents, log, env }: PagerDutyOptions): Route[] {
  const webhook = environment.notify.pagerduty?.webhook;
  if (!webhook || !environment.incidents) return [];
  const secrets = webhook.secrets.map((reference) => readSecret(reference, 'a secret of notify.pagerduty.webhook', env));
  const seen = createSeen(rememberedMs);
  return [
    route(
      {
        method: 'post',
        path: '/api/pagerduty/events',
        permission: 'signed',
        signature: pagerDutySignature(secrets),
        pace: 'unlimited',
        summary: 'Take what people do in PagerDuty: its webhook (version 3)',
        body: pagerDutyBody,
        responses: {
          200: { description: 'Done, noted, or nothing to do; a repeat is answered so too', schema: taken },
          400: { description: 'The body is no JSON in UTF-8' },
          503: { description: 'Nobody could take it; PagerDuty sends it again' },
        },
      },
      async ({ body: { event } }) => {
        if (seen.has(event.id)) return { status: 200, body: { outcome: 'repeated', detail: 'It was taken before.' } };
        const heard = heardIn(event, webhook.service);
        const body = heard ? await takePagerDuty({ environment, incidents }, heard, event.id).catch(unknownIncident) : notOurs;
        seen.add(event.id);
        log.info({ event: event.id, type: event.event_type, ...body }, 'PagerDuty said something');
        return { status: 200, body };
      },
    ),
  ];
}

/** Another environment's, or one that Temporal has forgotten. */
function unknownIncident(error: unknown): Taken {
  if (error instanceof RunProblem && error.status === 404) return notOurs;
  throw error;
}
