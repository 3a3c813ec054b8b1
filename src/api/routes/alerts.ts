import type { Logger } from 'pino';
import { z } from 'zod';
import type { DeskQueue } from '../../incidents/desk-queue.ts';
import { createMatcher } from '../../incidents/match-alert.ts';
import type { Environment } from '../../config/environment.ts';
import type { AlertOutcome } from '../../workflows/incident/commands.ts';
import { route, type Route } from '../route.ts';
import { alert, alertsBody } from '../alert-schemas.ts';
import { type Malformed, malformed } from '../malformed-alert.ts';
import type { Metrics } from '../metrics.ts';

const outcomeNames = ['opened', 'added', 'cleared', 'repeated', 'late'] as const satisfies AlertOutcome['what'][];
const mostNamed = 100;
const bodyLimit = 4 * 1024 * 1024;

const count = z.number();
const alertsTaken = z.object({
  received: count,
  opened: z.array(z.string()).describe('Numbers of the incidents that were proposed'),
  incidents: z.array(z.string()).describe('Numbers of all incidents that these alerts belong to'),
  added: count,
  cleared: count,
  repeated: count,
  late: count.describe('Over before they were heard of'),
  unmatched: count,
  reasons: z
    .array(
      z.object({
        index: count.optional().describe('Place in the batch of one that is malformed, from 0'),
        field: z.string().optional().describe('JSON Pointer to what is malformed in it'),
        ...{ fingerprint: z.string().optional(), alertname: z.string().optional(), why: z.string() },
      }),
    )
    .describe(`Why alerts were not matched; the first ${mostNamed}`),
  truncated: count.describe('Alerts that the sender left out'),
});

/** Takes alerts of Alertmanager and Grafana; they propose incidents and never start anything. */
export function alertRoutes({
  environment,
  queue,
  metrics,
  log,
}: {
  environment: Environment;
  queue: Pick<DeskQueue, 'alerts'>;
  metrics: Metrics;
  /** Keeps what is malformed, because its sender does not send it again. */
  log: Pick<Logger, 'warn'>;
}): Route[] {
  const { incidents } = environment;
  if (!incidents) return [];
  const understand = createMatcher(incidents);
  return [
    route(
      {
        method: 'post',
        path: '/api/alerts',
        permission: 'alerts',
        pace: 'unlimited',
        summary: 'Take alerts: a webhook of Alertmanager (version 4) or Grafana',
        body: alertsBody,
        bodyLimit,
        eachByItself: true,
        responses: {
          200: { description: 'All of them are on the record', schema: alertsTaken },
          503: { description: 'Not all are on the record; send them again after Retry-After' },
        },
      },
      async ({ body: { alerts: sent, truncatedAlerts } }) => {
        const read = (sent ?? []).map((one) => ({ one, parsed: alert.safeParse(one) }));
        const alerts = read.flatMap(({ parsed }) => (parsed.success ? [parsed.data] : []));
        const unreadable = read.flatMap(({ one, parsed }, index): Malformed[] =>
          parsed.success ? [] : [malformed(index, one, parsed.error)],
        );
        for (const one of unreadable.slice(0, mostNamed)) log.warn(one, 'An alert is malformed');
        const understood = alerts.map((alert) => ({ alert, ...understand(alert) }));
        const facts = understood.flatMap((one) => ('fact' in one ? [one.fact] : []));
        const unmatched = understood.flatMap((one) => ('why' in one ? [one] : []));
        const outcomes = await queue.alerts(facts);
        const numbersOf = (those: typeof outcomes) => [...new Set(those.flatMap(({ number }) => number ?? []))].sort();
        const of = (what: (typeof outcomeNames)[number]) => outcomes.filter((outcome) => outcome.what === what);
        for (const what of outcomeNames) metrics.alertsTaken(what, of(what).length);
        metrics.alertsTaken('unmatched', unmatched.length + unreadable.length);
        metrics.alertsTaken('truncated', truncatedAlerts);
        return {
          status: 200,
          body: {
            received: read.length,
            opened: numbersOf(of('opened')),
            incidents: numbersOf(outcomes),
            ...{ added: of('added').length, cleared: of('cleared').length, repeated: of('repeated').length, late: of('late').length },
            unmatched: unmatched.length + unreadable.length,
            reasons: [
              ...unreadable.map(({ sent: _sent, ...said }) => said),
              ...unmatched.map(({ why, alert: { fingerprint, labels } }) => ({
                ...(fingerprint === undefined ? {} : { fingerprint }),
                ...(labels['alertname'] === undefined ? {} : { alertname: labels['alertname'] }),
                why,
              })),
            ].slice(0, mostNamed),
            truncated: truncatedAlerts,
          },
        };
      },
    ),
  ];
}
