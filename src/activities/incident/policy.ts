import { type Environment, resolveReference } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { IncidentPolicy } from '../../workflows/incident/policy.ts';
import { failure, record } from '../kit/index.ts';

/** What an incident reads once, at its start. */
export interface PolicyOfIncidents {
  policy: IncidentPolicy;
  people: { subject: string; name: string; duties: string[] }[];
}

/** How the environment deals with incidents. */
export function incidentPolicyActivities(environment: Environment) {
  return {
    /** The policy with the addresses that its references lead to, and the people. Permanent when the file has no `incidents`. */
    incidentPolicy: record((_asked: object): Promise<PolicyOfIncidents> => {
      if (!environment.incidents) {
        return Promise.reject(failure(Failure.Permanent, `the environment ${environment.name} has no section "incidents"`));
      }
      const people = environment.people.map(({ subject, name, duties }) => ({ subject, name, duties }));
      return Promise.resolve({ policy: withAddresses(environment.incidents.policy), people });
    }),
  };
}

/** Only what messages show or are sent to; what is looked at keeps its reference until it is looked at. */
function withAddresses(policy: IncidentPolicy): IncidentPolicy {
  const { internal, bridge, questions } = policy.channels;
  const contacts = Object.entries(policy.contacts).map(([name, contact]) => {
    const reach = contact.reach.map((way) => ('to' in way ? { ...way, to: address(way.to) } : way));
    return [name, { ...contact, reach }] as const;
  });
  const services = Object.entries(policy.services).map(([name, { component, ...service }]) => [
    name,
    component === undefined ? service : { ...service, component: address(component) },
  ]);
  return {
    ...policy,
    services: Object.fromEntries(services) as IncidentPolicy['services'],
    contacts: Object.fromEntries(contacts),
    channels: {
      ...policy.channels,
      ...{ internal: address(internal), bridge: bridge === null ? null : address(bridge), questions: address(questions) },
    },
  };
}

/** An address that is missing stops no incident: its reference stays, and the sink that gets it says what is not set. */
function address(reference: string): string {
  try {
    return resolveReference(reference);
  } catch {
    return reference;
  }
}
