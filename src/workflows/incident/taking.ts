import { runMarks } from '../../words/states.ts';
import type { AlertFact } from './alerts.ts';
import { tellProposed } from './notices.ts';
import { postToTeam } from './post.ts';
import { isLive, nameOf, now, tell } from './record.ts';
import { later } from './time.ts';
import { unsettle } from './verify.ts';
import type { Incident, IncidentRun } from './view.ts';
import { headline } from './words.ts';

/** Takes in what alerts say. An episode that has ended never begins again. */
export function takeAlerts(incident: Incident, facts: readonly AlertFact[]): void {
  const wasFiring = isFiring(incident);
  for (const fact of facts) takeOne(incident, fact);
  const fires = isFiring(incident);
  if (wasFiring && !fires) {
    postToTeam(incident, `${headline(incident)}: all of its alerts are cleared.`, 'alerts cleared');
    tell(incident, 'alert', 'All of its alerts are cleared');
  }
  if (!wasFiring && fires && ['verifying', 'stabilizing'].includes(incident.state))
    unsettle(incident, 'not resolved: an alert fires again');
}

export const isFiring = ({ alerts }: Incident): boolean => alerts.some(({ endsAt }) => endsAt === undefined);

function takeOne(incident: Incident, fact: AlertFact): void {
  const { fingerprint, summary, startsAt, endsAt, status, suggests, declareAfterMs } = fact;
  const known = incident.alerts.find((episode) => episode.fingerprint === fingerprint && episode.startsAt === startsAt);
  const ended = status === 'resolved' ? (endsAt ?? now()) : undefined;
  if (!known) {
    incident.alerts.push({
      ...{ fingerprint, summary, startsAt, firstSeenAt: now() },
      ...(ended === undefined ? {} : { endsAt: ended }),
      ...(declareAfterMs === undefined ? {} : { declareAt: later(startsAt, declareAfterMs) }),
    });
    tell(incident, 'alert', `${summary}${ended === undefined ? '' : ', and is cleared already'}`);
  } else if (known.endsAt === undefined && ended !== undefined) {
    known.endsAt = ended;
    tell(incident, 'alert', `Cleared: ${summary}`);
  }
  if (suggests && !incident.suggestions.some(({ runbook }) => runbook === suggests.runbook)) incident.suggestions.push(suggests);
}

/** Alerts have opened it: it is a proposal until a person or the policy declares it. */
export function propose(incident: Incident): void {
  incident.status = 'is proposed by alerts; nobody has looked yet';
  tell(incident, 'state', `Alerts propose an incident: ${headline(incident)}`);
  tellProposed(incident);
}

/** A run that belongs to it has begun, has changed, or has ended. */
export function takeRun(incident: Incident, run: IncidentRun): void {
  const known = incident.runs.find(({ runId }) => runId === run.runId);
  if (known?.endedAt !== undefined) return;
  if (!known) {
    incident.runs.push(run);
    tell(incident, 'run', `${nameOf(incident, run.startedBy)} starts "${run.title}" (${run.runId})`, { by: run.startedBy });
  } else {
    const moved = known.state !== run.state;
    Object.assign(known, run);
    if (moved) tell(incident, 'run', `"${run.title}": ${runMarks[run.state].word}${run.status ? `: ${run.status}` : ''}`);
  }
  const waits = ['verifying', 'stabilizing'].includes(incident.state);
  if (run.endedAt !== undefined && isLive(incident) && !waits) incident.status = `"${run.title}" has ended: ${runMarks[run.state].word}`;
}
