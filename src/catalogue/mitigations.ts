import { z } from 'zod';
import { duration, type Environment } from '../config/schema.ts';
import * as abouts from '../workflows/abouts.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { Mitigate } from '../workflows/procedures/service/mitigation.ts';
import { approvalPolicy, InputProblem, mustFind, entryOf, type RunbookEntry } from './entry.ts';

const day = 24 * 3_600_000;
/** Questions that one run asks: about 2,000 events of its history. */
const questionsARun = 50;

const mitigateInput = z.strictObject({
  service: z.string().describe('a service of the environment'),
  kind: z.enum(['maintenance-page', 'read-only', 'rate-limit', 'scaled-down-writers']).describe('what the service is put on'),
  for: duration
    .refine((ms) => ms >= 1_000 && ms <= day, 'use a time from 1s to 24h: then people are asked whether it is still needed')
    .describe('how long, e.g. 30m; then people are asked, and silence takes it back'),
  owner: z.string().optional().describe('the person who answers for it; whoever starts it unless said'),
  value: z.number().positive().optional().describe('requests a second for a rate limit, instances for scaled-down writers'),
});

/** Measures that relieve a service for a while. */
export const mitigationRunbooks: readonly RunbookEntry[] = [entryOf(abouts.mitigate, mitigateInput, planOf)];

function planOf(environment: Environment, input: z.output<typeof mitigateInput>, run: RunRequest): Mitigate {
  const { kind, value, for: forMs, owner = run.requestedBy } = input;
  const service = mustFind(environment.services, input.service, '/service', 'service');
  mustFind(service.mitigations ?? {}, kind, '/kind', `mitigation of ${input.service}`);
  const person = mustFind(Object.fromEntries(environment.people.map((each) => [each.subject, each])), owner, '/owner', 'person');
  const needsValue = kind === 'rate-limit';
  if (needsValue && value === undefined)
    throw new InputProblem([{ pointer: '/value', detail: 'say how many requests a second are let through' }]);
  if (value !== undefined && !needsValue && kind !== 'scaled-down-writers') {
    throw new InputProblem([{ pointer: '/value', detail: `a ${kind} has no value` }]);
  }
  if (kind === 'scaled-down-writers') mustBeWhole(service, value);
  const approval = approvalPolicy(environment);
  return {
    run,
    ...{ service: input.service, kind, owner, forMs, questionsARun },
    ...(value === undefined ? {} : { value }),
    // Who has no duty of their own leaves the answer to those who decide recoveries.
    approval: { ...approval, duty: person.duties[0] ?? approval.duty },
  };
}

function mustBeWhole(service: Environment['services'][string], value: number | undefined): void {
  if (value !== undefined && !Number.isInteger(value)) throw new InputProblem([{ pointer: '/value', detail: 'instances are whole' }]);
  const without = Object.entries(service.regions).flatMap(([region, { autoScalingGroup }]) =>
    autoScalingGroup === undefined ? [region] : [],
  );
  if (without.length > 0)
    throw new InputProblem([
      { pointer: '/kind', detail: `only Auto Scaling groups are scaled down; there is none in ${without.join(', ')}` },
    ]);
}
