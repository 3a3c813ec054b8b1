import { z } from 'zod';
import { type IncidentPolicy, type TemplateName, templateNames } from '../../workflows/incident/policy.ts';
import { alertRule } from './alert-rules.ts';
import { duration, name, secret, url } from './basics.ts';
import { drill, drillTimes } from './drills.ts';
import { closingLine, collectItem, review, verificationLine } from './incident-checks.ts';
import { channels, contact, role } from './incident-people.ts';
import { severity } from './incident-severities.ts';

const service = z.strictObject({
  title: z.string().min(1),
  customerFacing: z.boolean(),
  /** Component of the status page. */
  component: z.string().exactOptional(),
  /** The service of this file that recovery runbooks work on. */
  recovers: name.exactOptional(),
});

const template = z.strictObject({ subject: z.string().exactOptional(), text: z.string().min(1) });
const templates = z.strictObject(Object.fromEntries(templateNames.map((of) => [of, template])) as Record<TemplateName, typeof template>);

const written = z.strictObject({
  services: z.record(name, service),
  /** Most severe first. */
  severities: z.array(severity).min(1),
  contacts: z.record(name, contact),
  roles: z.array(role).min(1),
  channels,
  templates,
  verification: z.array(verificationLine).default([]),
  stability: z.strictObject({ for: duration.default(1_800_000), every: duration.default(60_000) }).prefault({}),
  alerts: z
    .strictObject({
      /** Of Alertmanager, Grafana and the like. */
      tokens: z.array(secret).default([]),
      rules: z.array(alertRule).default([]),
      /** A proposed incident whose alerts are all cleared for so long is withdrawn. */
      withdrawAfter: duration.default(1_800_000),
    })
    .prefault({}),
  /** Base URL of Prometheus, for verification and evidence. */
  prometheus: url.exactOptional(),
  collect: z.array(collectItem).default([]),
  reviews: z.array(review).default([]),
  closing: z.array(closingLine).default([]),
  remindActionsEvery: duration.default(86_400_000),
  /** The calendar of exercises. */
  drills: z.array(drill).default([]),
  drillTimes,
  /** Severities whose real incidents stop an exercise that is under way, and let none begin. */
  drillsStoppedBy: z.array(z.string()).exactOptional(),
});

/** How an environment deals with incidents: what an incident carries with it is its `policy`; the rest stays outside. */
export const incidents = written.transform(
  ({ alerts, stability, remindActionsEvery, prometheus, drills, drillTimes: times, ...policy }) => ({
    policy: {
      ...policy,
      stability: { forMs: stability.for, everyMs: stability.every },
      alerts: { withdrawAfterMs: alerts.withdrawAfter },
      remindActionsEveryMs: remindActionsEvery,
    },
    alerts: { tokens: alerts.tokens, rules: alerts.rules },
    drills,
    drillTimes: times,
    ...(prometheus === undefined ? {} : { prometheus }),
  }),
);

export type Incidents = z.output<typeof incidents>;
export type DrillEntry = Incidents['drills'][number];
export type DrillTimes = Incidents['drillTimes'];
export type { AlertRule } from './alert-rules.ts';

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;
type Same<A, B> = [A, B] extends [B, A] ? true : never;
/**
 * The file and the workflows mean one thing by a policy; the compiler says so.
 * @public
 */
export const policyIsOne: Same<Frozen<Incidents['policy']>, Frozen<IncidentPolicy>> = true;
