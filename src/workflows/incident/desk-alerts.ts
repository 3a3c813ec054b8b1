import type { AlertFact } from './alerts.ts';
import type { AlertOutcome } from './commands.ts';
import type { KnownIncident } from './known.ts';
import { openFor, propose, type Desk, type Episode } from './desk.ts';

/** So many episodes are listed in an incident; the record of one that gets thousands must stay small. */
export const mostListed = 200;

/** What became of an alert; the number is read when the incident has surely got it. */
export interface Taken {
  what: AlertOutcome['what'];
  incident?: KnownIncident;
}

/**
 * Takes one alert as it comes: repeated, late, resolved before it fired, out of order. An alert fires once at a time, so an episode
 * is over when it is resolved, or when a newer one of the same alert began.
 */
export function takeAlert(desk: Desk, fact: AlertFact, nowMs: number): Taken {
  desk.counts.taken++;
  const known = desk.episodes.get(fact.fingerprint) ?? [];
  desk.episodes.set(fact.fingerprint, known);
  const taken = fact.status === 'firing' ? takeFiring(desk, fact, known, nowMs) : takeResolved(desk, fact, known, nowMs);
  if (taken.what === 'repeated') desk.counts.repeated++;
  return taken;
}

function takeFiring(desk: Desk, fact: AlertFact, known: Episode[], nowMs: number): Taken {
  const startMs = Date.parse(fact.startsAt);
  const same = known.find((episode) => episode.startMs === startMs);
  if (same) return outcome('repeated', same.incident);
  const newer = known.find((episode) => startMs < Math.max(episode.startMs, episode.endMs ?? 0));
  if (newer) {
    // It fires already, seen later by a second Prometheus, or is over: only remembered.
    insert(known, { startMs, endMs: startMs, ...(newer.incident === undefined ? {} : { incident: newer.incident }) });
    return outcome('late', newer.incident);
  }
  for (const before of known) if (before.endMs === undefined) end(before, fact, startMs);
  const already = openFor(desk, fact.cause);
  const incident = already ?? propose(desk, fact, nowMs);
  begin(known, { startMs, incident }, fact);
  return outcome(already ? 'added' : 'opened', incident);
}

function takeResolved(desk: Desk, fact: AlertFact, known: Episode[], nowMs: number): Taken {
  const startMs = Date.parse(fact.startsAt);
  const endMs = Math.max(startMs, fact.endsAt === undefined ? nowMs : Date.parse(fact.endsAt));
  // The sender may have moved the start back since it first said that it fires.
  const over = known.filter((episode) => episode.endMs === undefined && (episode.startMs === startMs || episode.startMs < endMs));
  for (const episode of over) end(episode, fact, endMs);
  if (over.length > 0) return outcome('cleared', over.at(-1)!.incident);
  const same = known.find((episode) => episode.startMs === startMs);
  if (same) return outcome('repeated', same.incident);
  // Over before it was heard of: on the record of an open incident, and no reason for a new one.
  const incident = openFor(desk, fact.cause);
  begin(known, { startMs, endMs, ...(incident === undefined ? {} : { incident }) }, fact);
  return outcome('late', incident);
}

const outcome = (what: Taken['what'], incident: KnownIncident | undefined): Taken => (incident ? { what, incident } : { what });

function insert(known: Episode[], episode: Episode): void {
  known.push(episode);
  known.sort((one, two) => one.startMs - two.startMs);
}

function begin(known: Episode[], episode: Episode, fact: AlertFact): void {
  insert(known, episode);
  const { incident, startMs, endMs } = episode;
  if (!incident) return;
  if (incident.listed < mostListed) {
    incident.listed++;
    incident.toTell.push(factOf(fact, startMs, endMs));
  } else if (endMs === undefined) {
    episode.unlisted = true;
    incident.more ??= { firing: 0, startsAt: '', times: 0 };
    if (++incident.more.firing > 1) return;
    Object.assign(incident.more, { startsAt: iso(startMs), times: incident.more.times + 1 });
    incident.toTell.push(moreOf(incident, fact));
  }
}

function end(episode: Episode, fact: AlertFact, endMs: number): void {
  episode.endMs = Math.max(episode.startMs, endMs);
  const { incident } = episode;
  if (!incident) return;
  if (!episode.unlisted) incident.toTell.push(factOf(fact, episode.startMs, episode.endMs));
  else if (incident.more && --incident.more.firing === 0) {
    incident.toTell.push({ ...moreOf(incident, fact), status: 'resolved', endsAt: iso(episode.endMs) });
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

function factOf({ endsAt: _endsAt, ...fact }: AlertFact, startMs: number, endMs: number | undefined): AlertFact {
  const startsAt = iso(startMs);
  return endMs === undefined ? { ...fact, startsAt, status: 'firing' } : { ...fact, startsAt, status: 'resolved', endsAt: iso(endMs) };
}

/** Stands for all episodes beyond the listed ones. */
function moreOf({ cause = '', more }: KnownIncident, fact: AlertFact): AlertFact {
  const { endsAt: _endsAt, ...rest } = fact;
  const fingerprint = `more/${more!.times}/${cause}`;
  const summary = `more than ${mostListed} alerts of this cause; the others are not listed one by one`;
  return { ...rest, fingerprint, status: 'firing', startsAt: more!.startsAt, summary };
}
