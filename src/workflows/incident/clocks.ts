import { readers, type Audience, type Rung } from './policy.ts';
import { leavesByItself, openPromise } from './promises.ts';
import { isAcknowledged, isLive, promisedTo, severityOf } from './record.ts';
import { afterSpan, later } from './time.ts';
import type { Incident } from './view.ts';

/** Something that the clocks do at a moment; `key` names it, so that it is done once. */
export interface Due {
  key: string;
  at: string;
  /** In words, for people who ask what comes next. */
  what: string;
  act:
    | { kind: 'declare' | 'withdraw' | 'respond' | 'overdue' | 'reading' }
    | { kind: 'rung'; rung: Rung; because: string }
    | { kind: 'remind' | 'update'; audience: Audience }
    | { kind: 'nag'; role: string }
    | { kind: 'review'; review: string; overdue: boolean }
    | { kind: 'action'; action: string };
}

/** Everything that the clocks of an incident wait for now, soonest first. Pure: the same record always waits for the same. */
export function dues(incident: Incident): Due[] {
  const found = [...proposal(incident), ...ladders(incident), ...updates(incident), ...roles(incident), ...readings(incident)];
  return [...found, ...afterwards(incident)]
    .filter(({ key }) => incident.done[key] === undefined)
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

function proposal({ state, alerts, policy }: Incident): Due[] {
  if (state !== 'proposed' || alerts.length === 0) return [];
  const ends = alerts.map(({ endsAt }) => endsAt);
  if (ends.every((end) => end !== undefined)) {
    const at = later(ends.sort().at(-1)!, policy.alerts.withdrawAfterMs);
    return [{ key: `withdraw/${at}`, at, what: 'withdraw it, because its alerts are cleared', act: { kind: 'withdraw' } }];
  }
  const at = alerts
    .filter(({ endsAt }) => endsAt === undefined)
    .flatMap(({ declareAt }) => declareAt ?? [])
    .sort()[0];
  return at === undefined ? [] : [{ key: 'declare', at, what: 'declare it, because its alerts go on', act: { kind: 'declare' } }];
}

function ladders(incident: Incident): Due[] {
  const { round, roundSince, milestones } = incident;
  const severity = severityOf(incident);
  const found: Due[] = [];
  const climb = (name: string, rungs: readonly Rung[], since: string, because: string) => {
    for (const [place, rung] of rungs.entries()) {
      const what = `escalate to ${rung.to.map((contact) => incident.policy.contacts[contact]?.title ?? contact).join(', ')}`;
      found.push({ key: `${name}/${round}/${place}`, at: later(since, rung.afterMs), what, act: { kind: 'rung', rung, because } });
    }
  };
  if ((incident.state === 'proposed' || isLive(incident)) && !isAcknowledged(incident)) {
    const at = afterSpan(roundSince, severity.respondWithin);
    found.push({ key: `respond/${round}`, at, what: 'the time to respond is over', act: { kind: 'respond' } });
    climb('unacknowledged', severity.unacknowledged, roundSince, 'nobody has acknowledged');
  }
  if (isLive(incident) && milestones.mitigatedAt === undefined) {
    const since = round === 1 ? milestones.declaredAt! : roundSince;
    climb('unmitigated', severity.unmitigated, since, 'it is not mitigated');
  }
  if (isLive(incident) && severity.resolveWithin) {
    const at = afterSpan(milestones.declaredAt!, severity.resolveWithin);
    found.push({ key: `overdue/${severity.name}`, at, what: 'the time to resolve is over', act: { kind: 'overdue' } });
  }
  return found;
}

function updates(incident: Incident): Due[] {
  if (!isLive(incident)) return [];
  return promisedTo(incident).flatMap((audience): Due[] => {
    const open = openPromise(incident, audience);
    const policy = severityOf(incident).updates[audience];
    if (!open || !policy) return [];
    const update: Due = {
      ...{ key: `update/${audience}/${open.dueAt}`, at: open.dueAt, act: { kind: 'update', audience } },
      what: `update for ${readers[audience]}`,
    };
    if (policy.sentBy === 'policy') return [update];
    // A first word that leaves soon is shown at the declaration, so that a person can still change it.
    const before = leavesByItself(incident, audience) ? Math.min(policy.remindBeforeMs, policy.firstMs!) : policy.remindBeforeMs;
    const at = later(open.dueAt, -before);
    return [
      { key: `remind/${audience}/${open.dueAt}`, at, what: `remind of the ${update.what}`, act: { kind: 'remind', audience } },
      update,
    ];
  });
}

function roles(incident: Incident): Due[] {
  const { acknowledgedAt } = incident.milestones;
  // Before that the ladder speaks.
  if (!isLive(incident) || acknowledgedAt === undefined) return [];
  const unassigned = incident.policy.roles.filter(
    ({ name, requiredFor }) => requiredFor.includes(incident.severity) && !incident.roles[name],
  );
  return unassigned.map(({ name, title, nagEveryMs }): Due => {
    const since = [acknowledgedAt, incident.roundSince, incident.done[`nagged/${name}`] ?? ''].sort().at(-1)!;
    const at = later(since, nagEveryMs);
    return { key: `nag/${name}/${at}`, at, what: `ask who is ${title}`, act: { kind: 'nag', role: name } };
  });
}

function readings({ state, stability, policy }: Incident): Due[] {
  if (state !== 'stabilizing' || !stability || stability.asks !== undefined) return [];
  const at = later(stability.since, policy.stability.everyMs * (stability.readings + 1));
  return [{ key: `reading/${at}`, at, what: 'the next reading of the stability watch', act: { kind: 'reading' } }];
}

function afterwards(incident: Incident): Due[] {
  const { policy, reviews, actions } = incident;
  const again = policy.remindActionsEveryMs;
  const reviewAgain = policy.remindReviewsEveryMs ?? again;
  const open = isLive(incident) || incident.state === 'closed' ? [] : reviews.filter(({ doneAt }) => doneAt === undefined);
  return [
    ...open.flatMap(({ name, title, dueAt }): Due[] => {
      const { remindBeforeMs } = policy.reviews.find((review) => review.name === name)!;
      const overdue = dueAgain(incident, `review/${name}`, dueAt, reviewAgain);
      return [
        ...[{ key: `review/${name}/before`, at: later(dueAt, -remindBeforeMs), what: `remind of: ${title}` }].map((due): Due => ({
          ...due,
          act: { kind: 'review', review: name, overdue: false },
        })),
        { ...overdue, what: `${title} is due`, act: { kind: 'review', review: name, overdue: true } },
      ];
    }),
    ...actions
      .filter(({ doneAt }) => doneAt === undefined)
      .map(({ id, text, dueAt }): Due => {
        const due = dueAgain(incident, `action/${id}`, dueAt, again);
        return { ...due, what: `"${text}" is due`, act: { kind: 'action', action: id } };
      }),
  ];
}

/** Due at a moment, and again and again afterwards; `done` counts the times. */
function dueAgain({ done }: Incident, name: string, dueAt: string, everyMs: number): { key: string; at: string } {
  const times = Number(done[name] ?? 0);
  return { key: `${name}/${times}`, at: later(dueAt, everyMs * times) };
}
