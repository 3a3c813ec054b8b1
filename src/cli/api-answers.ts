import { z } from 'zod';
import type { IncidentState } from '../workflows/incident/view.ts';
import type { RunState } from '../workflows/messages.ts';

// Loaded late: a command that only shows what the API answers does without the library.

const stateOf = <S extends string>() => z.object({ state: z.custom<S>((state) => typeof state === 'string'), status: z.string() });

export const started = z.object({ runId: z.string(), applied: z.boolean(), existed: z.boolean() });
export const declared = z.object({ number: z.string().optional(), applied: z.boolean(), existed: z.boolean() });
export const ofRun = stateOf<RunState>();
export const ofIncident = stateOf<IncidentState>();

const problem = z.object({
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  holder: z.string().optional(),
});

/** A problem document of the API. */
export const refusal = problem.transform(({ errors, ...rest }) => ({ ...rest, fields: errors }));
