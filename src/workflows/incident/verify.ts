import { postToTeam } from './post.ts';
import { nameOf, now, tell } from './record.ts';
import { later, sayHour } from './time.ts';
import type { Incident, VerifiedLine } from './view.ts';
import { headline } from './words.ts';

/** Begins to look whether it is really over. Source: pynomaly-aws runbook, "Verification Steps"; ml-platform, "Resolution and Recovery". */
export function startVerifying(incident: Incident, by: string): void {
  Object.assign(incident, { state: 'verifying', status: 'is being verified', verification: [] });
  tell(incident, 'state', `${nameOf(incident, by)} says that it is resolved: ${incident.said.resolution}; verification begins`, { by });
}

/** All lines have been looked at: goes on when all are good, waits for people when some cannot be told, goes back when one is bad. */
export function takeVerification(incident: Incident, lines: VerifiedLine[]): void {
  incident.verification = lines;
  const bad = lines.filter(({ verdict }) => verdict === 'bad');
  for (const { name, verdict, detail } of lines) tell(incident, 'verification', `${name}: ${verdict}: ${detail}`);
  if (bad.length > 0) return unsettle(incident, `not resolved: ${bad.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`);
  const questions = lines.filter(({ verdict }) => verdict === 'unknown').map(({ name, detail }) => `- ${name}: ${detail}`);
  if (questions.length > 0)
    postToTeam(incident, `${headline(incident)}: only a person can tell; look, and attest:\n${questions.join('\n')}`, 'attest');
  goOn(incident);
}

function goOn(incident: Incident): void {
  const open = incident.verification.filter(({ verdict }) => verdict === 'unknown');
  if (open.length > 0) {
    incident.status = `waits for a person to attest: ${open.map(({ name }) => name).join(', ')}`;
    return;
  }
  const { forMs } = incident.policy.stability;
  incident.stability = { since: now(), until: later(now(), forMs), readings: 0 };
  Object.assign(incident, {
    state: 'stabilizing',
    status: `is verified; watched for stability until ${sayHour(incident.stability.until)}`,
  });
  tell(incident, 'state', `Verified; stability is watched until ${sayHour(incident.stability.until)}`);
}

/** One look of the stability watch: every reading must be good, and a missing one asks a person. */
export function takeReading(incident: Incident, lines: VerifiedLine[]): void {
  const { stability } = incident;
  if (incident.state !== 'stabilizing' || !stability) return;
  const bad = lines.find(({ verdict }) => verdict === 'bad');
  if (bad) return unsettle(incident, `not stable: ${bad.name}: ${bad.detail}`);
  stability.readings += 1;
  const missing = lines.find(({ verdict }) => verdict === 'unknown');
  if (!missing) return;
  stability.asks = missing.name;
  incident.status = `waits for a person: the reading of "${missing.name}" is missing`;
  tell(incident, 'verification', `The reading of "${missing.name}" is missing: ${missing.detail}`);
  postToTeam(
    incident,
    `${headline(incident)}: the reading of "${missing.name}" is missing (${missing.detail}); is it well? Attest it.`,
    'attest',
  );
}

/** The watch has lasted its whole time, and nothing is open. */
export const isStable = ({ state, stability }: Incident): boolean =>
  state === 'stabilizing' && stability !== undefined && stability.asks === undefined && stability.until <= now();

/** A person has looked where nobody else could. */
export function attest(incident: Incident, { line, good, note }: { line: string; good: boolean; note: string }, by: string): void {
  tell(incident, 'verification', `${nameOf(incident, by)} attests that "${line}" is ${good ? 'good' : 'bad'}: ${note}`, { by });
  if (!good) return unsettle(incident, `not resolved: ${line}: ${note}`);
  if (incident.stability) {
    delete incident.stability.asks;
    incident.status = `is verified; watched for stability until ${sayHour(incident.stability.until)}`;
    return;
  }
  const found = incident.verification.find(({ name }) => name === line)!;
  Object.assign(found, { verdict: 'good', detail: note, at: now(), attestedBy: by });
  goOn(incident);
}

/** It is not over after all. */
export function unsettle(incident: Incident, reason: string): void {
  delete incident.stability;
  delete incident.milestones.mitigatedAt;
  Object.assign(incident, { state: 'acknowledged', publicStatus: 'identified', status: `is ${reason}` });
  tell(incident, 'state', `It is ${reason}`);
  postToTeam(incident, `${headline(incident)}: ${reason}`, 'not resolved', { everybody: true });
}
