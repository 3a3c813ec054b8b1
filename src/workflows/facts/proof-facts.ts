import type { Fact } from '../messages.ts';
import type { Unproven } from '../plans/plan.ts';
import { fact } from './facts.ts';

/** What people must know before they decide: that nothing will prove a write. Nothing where something does. */
export const proofFacts = ({ service, unproven }: Unproven & { service: string }): Fact[] =>
  unproven === undefined
    ? []
    : [
        fact.words('proof', `what proves a write in ${service}`, 'nothing: a person is asked whether it works', unproven, {
          informational: true,
          verdict: 'unknown',
        }),
      ];
