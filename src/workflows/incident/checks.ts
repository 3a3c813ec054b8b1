import { ApplicationFailure } from '@temporalio/workflow';
import { Failure, type FailureName } from '../failures.ts';
import type { IncidentAsk, IncidentCommandName } from './commands.ts';
import { isAcknowledged, liveStates, openActions, promisedTo } from './record.ts';
import type { Incident, IncidentState } from './view.ts';

/** In which states a command makes sense. */
const when: Record<IncidentCommandName, readonly IncidentState[]> = {
  declare: ['proposed'],
  acknowledge: ['proposed', ...liveStates],
  dismiss: ['proposed', 'declared', 'acknowledged'],
  role: ['proposed', ...liveStates, 'resolved'],
  severity: ['proposed', ...liveStates],
  update: liveStates,
  say: ['proposed', ...liveStates, 'resolved'],
  note: ['proposed', ...liveStates, 'resolved', 'closed'],
  mitigate: ['declared', 'acknowledged'],
  resolve: ['declared', 'acknowledged', 'mitigated', 'verifying'],
  attest: ['verifying', 'stabilizing'],
  reopen: ['mitigated', 'verifying', 'stabilizing', 'resolved'],
  review: ['resolved'],
  action: [...liveStates, 'resolved', 'closed'],
  tick: [...liveStates, 'resolved'],
  close: ['resolved'],
};

/** What people can ask of an incident as it stands. */
export const possible = (incident: Incident): IncidentCommandName[] =>
  (Object.keys(when) as IncidentCommandName[]).filter(
    (name) => when[name].includes(incident.state) && !(name === 'acknowledge' && isAcknowledged(incident)),
  );

/** Refuses what cannot be done now or names what there is not, before anything is on the record. Throws an ApplicationFailure. */
export function check(incident: Incident, asked: IncidentAsk): void {
  const { policy, people, roles, state } = incident;
  if (!when[asked.command].includes(state)) refuse('NotNow', `${asked.command} is not possible: the incident is ${state}`);
  switch (asked.command) {
    case 'role':
      known('role', asked.with.role, Object.keys(roles));
      if (asked.with.subject !== null)
        known(
          'person',
          asked.with.subject,
          people.map(({ subject }) => subject),
        );
      return;
    case 'declare':
    case 'severity': {
      const { severity } = asked.with;
      if (severity !== undefined)
        known(
          'severity',
          severity,
          policy.severities.map(({ name }) => name),
        );
      if (asked.command === 'severity' && severity === incident.severity) refuse('NotNow', `the severity is ${severity} already`);
      return;
    }
    case 'update':
      known('audience', asked.with.audience, promisedTo(incident));
      return;
    case 'note':
      if (asked.with.on !== undefined)
        known(
          'line of the timeline',
          asked.with.on,
          incident.timeline.map(({ id }) => id),
        );
      return;
    case 'attest':
      return checkAttest(incident, asked.with.line);
    case 'review': {
      const open = incident.reviews.filter(({ doneAt }) => doneAt === undefined).map(({ name }) => name);
      return known('open review', asked.with.review, open);
    }
    case 'action':
      if ('done' in asked.with) {
        const open = openActions(incident).map(({ id }) => id);
        known('open action item', asked.with.done, open);
      }
      return;
    case 'tick': {
      const lines = policy.closing.filter(({ by }) => by === 'person').map(({ name }) => name);
      return known('line that a person ticks', asked.with.line, lines);
    }
    case 'mitigate':
      if (asked.with.at !== undefined && asked.with.at > new Date().toISOString()) refuse('InvalidInput', 'that time is in the future');
      return;
    case 'close': {
      const open = incident.closing.filter(({ done }) => !done).map(({ title }) => title);
      if (open.length > 0) refuse('NotNow', `it cannot be closed before: ${open.join('; ')}`);
      return;
    }
  }
}

function checkAttest(incident: Incident, line: string): void {
  const waits = incident.stability?.asks ? [incident.stability.asks] : [];
  const open = incident.verification.filter(({ verdict }) => verdict === 'unknown').map(({ name }) => name);
  known('line that waits for a person', line, incident.state === 'stabilizing' ? waits : open);
}

function known(what: string, name: string, there: readonly string[]): void {
  if (!there.includes(name)) refuse('InvalidInput', `there is no ${what} ${name}; there is: ${there.join(', ') || 'none'}`);
}

function refuse(type: FailureName, message: string): never {
  throw ApplicationFailure.nonRetryable(message, Failure[type]);
}
