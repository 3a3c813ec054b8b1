import { z } from 'zod';
import type { IncidentPolicy } from '../../workflows/incident/policy.ts';
import { alertRule } from './alert-rules.ts';
import { duration, name, secret, url } from './basics.ts';
import { drill, drillTimes } from './drills.ts';
import { closingLine, collectItem, review, verificationLine } from './incident-checks.ts';
import { channels, contact, role } from './incident-people.ts';
import { severity } from './incident-severities.ts';
import { templates } from './incident-templates.ts';

const service = z.strictObject({
  title: z.string().min(1).describe('As people call it.'),
  customerFacing: z.boolean().describe('True when customers see its failure: only then are customers written to.'),
  component: z.string().exactOptional().describe('Component of the status page, or a reference to its id.'),
  recovers: name.exactOptional().describe('The service of this file that recovery runbooks work on.'),
});

const written = z.strictObject({
  services: z.record(name, service).describe('What incidents are about.'),
  severities: z.array(severity).min(1).describe('What this system means by each severity, most severe first.'),
  contacts: z.record(name, contact).describe('People, rotations and mailboxes, and every way to reach them.'),
  roles: z.array(role).min(1).describe('Who does what in an incident.'),
  channels,
  templates,
  verification: z.array(verificationLine).default([]).describe('What must be so before an incident is called resolved.'),
  stability: z
    .strictObject({
      for: duration.default(1_800_000).describe('How long it is watched.'),
      every: duration.default(60_000).describe('How often each line with `stability` is read.'),
    })
    .prefault({})
    .describe('How it is watched whether a resolved incident stays resolved.'),
  alerts: z
    .strictObject({
      tokens: z
        .array(secret)
        .default([])
        .describe('Tokens of Alertmanager, Grafana and the like, as references; without any no alert is taken.'),
      rules: z.array(alertRule).default([]).describe('What an alert means: the first rule whose labels all match takes it.'),
      withdrawAfter: duration.default(1_800_000).describe('A proposed incident whose alerts are all cleared for so long is withdrawn.'),
    })
    .prefault({})
    .describe('What becomes of the alerts that are sent here.'),
  prometheus: url.exactOptional().describe('Base URL of Prometheus, for verification, evidence and objectives.'),
  collect: z.array(collectItem).default([]).describe('Evidence that is kept when an incident is resolved.'),
  reviews: z.array(review).default([]).describe('Reviews that are held afterwards.'),
  closing: z.array(closingLine).default([]).describe('What must be so before an incident can be closed.'),
  remindActionsEvery: duration.default(86_400_000).describe('So often open action items are reminded of once they are due.'),
  remindReviewsEvery: duration
    .exactOptional()
    .describe('So often reviews are reminded of once they are overdue; as `remindActionsEvery` unless said.')
    .meta({ examples: ['1d'] }),
  drills: z.array(drill).default([]).describe('The calendar of exercises.'),
  drillTimes,
  drillsStoppedBy: z
    .array(z.string())
    .exactOptional()
    .describe('Severities whose real incidents stop an exercise that is under way, and let none begin; none unless said.'),
});

/** How an environment deals with incidents: what an incident carries with it is its `policy`; the rest stays outside. */
export const incidents = written
  .transform(({ alerts, stability, remindActionsEvery, remindReviewsEvery, prometheus, drills, drillTimes: times, ...policy }) => ({
    policy: {
      ...policy,
      stability: { forMs: stability.for, everyMs: stability.every },
      alerts: { withdrawAfterMs: alerts.withdrawAfter },
      remindActionsEveryMs: remindActionsEvery,
      ...(remindReviewsEvery === undefined ? {} : { remindReviewsEveryMs: remindReviewsEvery }),
    },
    alerts: { tokens: alerts.tokens, rules: alerts.rules },
    drills,
    drillTimes: times,
    ...(prometheus === undefined ? {} : { prometheus }),
  }))
  .describe(
    'How it deals with incidents: severities, ladders, people, messages, what is checked and kept. Left out, it has recoveries only.',
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
