import { z } from 'zod';
import type { IncidentCommandName, IncidentCommands } from '../workflows/incident/commands.ts';
import { audiences } from '../workflows/incident/policy.ts';
import { id, startBody, words } from './schemas.ts';

/** ISO with any offset; kept in UTC. */
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
/** A day alone means its end. */
const due = z.union([moment, z.iso.date().transform((day) => `${day}T23:59:59.999Z`)]);

export const incidentParams = z.strictObject({
  number: z.string().regex(/^INC-\d{4}-\d{2}-\d{2}-\d{3,6}$/, 'is not the number of an incident'),
});

export const incidentListQuery = z.strictObject({ state: z.enum(['open', 'all']).default('all') });

export const declareBody = z.strictObject({
  title: words(200),
  service: id,
  severity: id,
  impact: words(2_000).optional(),
  startedAt: moment.optional().describe('when it began; now unless said'),
  drill: z.boolean().optional().describe('an exercise: every message says DRILL, nobody is paged, and it never counts'),
});

export const incidentStartBody = startBody.omit({ incident: true });

const said = z.strictObject({
  impact: words(2_000).optional().describe('what customers notice'),
  progress: words(2_000).optional(),
  nextSteps: words(2_000).optional(),
  eta: words(200).optional(),
  cause: words(4_000).optional(),
  resolution: words(4_000).optional(),
  lessons: words(8_000).optional(),
  users: words(500).optional().describe('how many people it hurts'),
  data: words(500).optional().describe('what became of data'),
});

/** The body of each command; who speaks comes from the token, never from the body. */
export const incidentBodies = {
  declare: z.strictObject({ severity: id.optional(), title: words(200).optional() }),
  acknowledge: z.strictObject({}),
  dismiss: z.strictObject({ reason: words(1_000) }),
  role: z.strictObject({ role: id, subject: id.nullable().describe('null takes the role away') }),
  severity: z.strictObject({ severity: id, reason: words(1_000) }),
  update: said.extend({
    audience: z.enum(audiences),
    text: words(8_000).optional().describe('sent as it is, instead of the draft'),
    status: z.enum(['investigating', 'identified', 'monitoring', 'resolved']).optional(),
  }),
  say: said.refine((fields) => Object.values(fields).some((field) => field !== undefined), 'say at least one thing'),
  note: z.strictObject({ text: words(4_000), on: id.optional().describe('the entry of the timeline that it is about, e.g. t12') }),
  mitigate: z.strictObject({ how: words(2_000), at: moment.optional() }),
  resolve: z.strictObject({
    resolution: words(4_000),
    cause: words(4_000).optional(),
    unfreeze: z.boolean().optional().describe('let deliveries go on that runs of this incident hold'),
  }),
  attest: z.strictObject({ line: id, good: z.boolean(), note: words(2_000) }),
  reopen: z.strictObject({ reason: words(1_000) }),
  review: z.strictObject({ review: id, notes: words(8_000) }),
  action: z
    .strictObject({ text: words(1_000).optional(), owner: id.optional(), dueAt: due.optional(), done: id.optional() })
    .refine(
      ({ text, owner, dueAt, done }) =>
        done === undefined
          ? text !== undefined && owner !== undefined && dueAt !== undefined
          : text === undefined && owner === undefined && dueAt === undefined,
      'say text, owner and dueAt of a new action item, or done with the id of one',
    ),
  tick: z.strictObject({ line: id, note: words(2_000).optional() }),
  close: z.strictObject({}),
} as const satisfies Record<IncidentCommandName, z.ZodObject>;

type Fields<T> = T extends unknown ? keyof T : never;
type Same<A, B> = [A, B] extends [B, A] ? true : never;
/**
 * Fails to compile when a command and its body move away from each other.
 * @public
 */
export const bodiesMatch: {
  [Name in IncidentCommandName]: Same<Fields<IncidentCommands[Name]>, keyof (typeof incidentBodies)[Name]['shape']>;
} = {
  ...{ declare: true, acknowledge: true, dismiss: true, role: true, severity: true, update: true, say: true, note: true },
  ...{ mitigate: true, resolve: true, attest: true, reopen: true, review: true, action: true, tick: true, close: true },
};
