import type { Fact } from '../messages.ts';
import type { Unproven } from '../plans/plan.ts';
import { fact } from './facts.ts';

const open = { informational: true, verdict: 'unknown' } as const;

/** What people must know before they decide: that nothing will prove a write, or tells whether it is well. Nothing where something does. */
export const proofFacts = ({ service, unproven, unasked }: Unproven & { service: string }): Fact[] => [
  ...(unproven === undefined
    ? []
    : [fact.words('proof', `what proves a write in ${service}`, 'nothing: a person is asked whether it works', unproven, open)]),
  ...(unasked === undefined
    ? []
    : [fact.words('health-is', `what ${service} answers when it is well`, 'nobody has said: any answer below 500 counts', unasked, open)]),
];
