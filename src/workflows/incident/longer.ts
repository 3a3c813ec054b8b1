import { incidents } from '../tools.ts';
import { beside, type Life } from './life.ts';
import { tellResolved } from './notices.ts';
import { incidentScope } from './outbox.ts';
import { isDirect, postToTeam } from './post.ts';
import { dropPromises } from './promises.ts';
import { now, tell } from './record.ts';
import { isFiring } from './taking.ts';
import { afterSpan } from './time.ts';
import type { Incident, VerifiedLine } from './view.ts';
import { isStable, takeReading, takeVerification } from './verify.ts';
import { headline } from './words.ts';
import { closingFacts } from './closing.ts';

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);

/** Starts what the record now asks for and what takes longer than a moment: looks, readings, what follows from being resolved. */
export function startLonger(life: Life, reading: boolean): void {
  const { incident } = life;
  if (incident.state === 'verifying' && incident.verification.length === 0) {
    beside(
      life,
      'verify',
      async () => takeVerification(incident, await look(incident, false)),
      () => undefined,
    );
  }
  if (reading && incident.state === 'stabilizing') {
    beside(
      life,
      'reading',
      async () => takeReading(incident, await look(incident, true)),
      () => undefined,
    );
  }
  if (isStable(incident) && !life.work.has('reading')) resolve(life);
  if (incident.state === 'closed' && incident.done['closed'] === undefined) {
    incident.done['closed'] = now();
    beside(
      life,
      'archive',
      () => archive(incident),
      (error) => problem(incident, 'report', error),
    );
  }
}

/** What changed lately may be the cause; nobody waits for the answer. */
export function lookBack(life: Life): void {
  const { incident } = life;
  const since = new Date(Date.parse(incident.milestones.startedAt) - 24 * 3_600_000).toISOString();
  beside(
    life,
    'changes',
    async () => {
      const { service } = incident;
      incident.changes = await incidentScope(incident, { id: 'changes', title: 'Recent changes' }).run(() =>
        incidents.recentChanges({ service, since }),
      );
    },
    (error) => tell(incident, 'note', `Recent changes could not be read: ${messageOf(error)}`),
  );
}

/** Looks at the lines of the verification side by side; one that cannot be read is unknown. */
async function look(incident: Incident, stabilityOnly: boolean): Promise<VerifiedLine[]> {
  const lines = incident.policy.verification.filter(({ stability }) => stability || !stabilityOnly);
  const alertsCleared = !isFiring(incident);
  return Promise.all(
    lines.map(async (line): Promise<VerifiedLine> => {
      const { name, kind } = line;
      try {
        const read = () => incidents.verifyLine({ line, alertsCleared });
        return { name, kind, at: now(), ...(await incidentScope(incident, { id: `verify ${name}`, title: name }).run(read)) };
      } catch (error) {
        return { name, kind, at: now(), verdict: 'unknown', detail: messageOf(error) };
      }
    }),
  );
}

function resolve(life: Life): void {
  const { incident } = life;
  incident.milestones.resolvedAt = now();
  Object.assign(incident, { state: 'resolved', publicStatus: 'resolved', status: 'is resolved; the review is open' });
  delete incident.stability;
  for (const key of Object.keys(incident.done)) if (key.startsWith('reading/')) delete incident.done[key];
  tell(incident, 'state', 'It stayed well: resolved');
  dropPromises(incident);
  incident.reviews = incident.policy.reviews.map(({ name, title, within }) => ({ name, title, dueAt: afterSpan(now(), within) }));
  tellResolved(incident);
  closingFacts(incident);
  beside(
    life,
    'after',
    () => clearUp(incident),
    () => undefined,
  );
}

/** What would be forgotten is listed, evidence is kept before it is gone, and the report is written; one that fails holds back no other. */
async function clearUp(incident: Incident): Promise<void> {
  await clearLeftovers(incident).catch((error) => tell(incident, 'state', `What is left over could not be read: ${messageOf(error)}`));
  await collect(incident);
  await archive(incident).catch((error) => problem(incident, 'report', error));
}

/** Deliveries go on again; what else is still open is said to everybody. */
async function clearLeftovers(incident: Incident): Promise<void> {
  const { number, service, policy } = incident;
  const scope = (title: string) => incidentScope(incident, { id: `after ${title}`, title });
  const services = [policy.services[service]?.recovers ?? service];
  incident.leftovers = await scope('Leftovers').run(() => incidents.findLeftovers({ number, services }));
  for (const left of [...incident.leftovers]) {
    if (left.kind !== 'frozen-delivery' || !incident.done['unfreeze'] || left.service === undefined) continue;
    const { service: held } = left;
    try {
      await scope(`Unfreeze ${held}`).run(() => incidents.unfreeze({ service: held }));
      incident.leftovers = incident.leftovers.filter((one) => one !== left);
      tell(incident, 'state', `Deliveries of ${held} go on again`);
    } catch (error) {
      tell(incident, 'state', `Deliveries of ${held} are still on hold: ${messageOf(error)}`);
    }
  }
  if (incident.leftovers.length > 0) {
    const open = incident.leftovers.map(({ what }) => `- ${what}`).join('\n');
    postToTeam(incident, `${headline(incident)}: resolved, but still open:\n${open}`, 'leftovers', { everybody: true });
  }
}

async function collect(incident: Incident): Promise<void> {
  try {
    const { bundle, problems } = await incidentScope(incident, { id: 'collect', title: 'Collect evidence' }).run(() =>
      incidents.collectIncident({ incident }),
    );
    incident.archive = { ...incident.archive, bundle, problems };
    tell(incident, 'state', `Evidence is kept in ${bundle}${problems.length > 0 ? `; not kept: ${problems.join('; ')}` : ''}`);
  } catch (error) {
    problem(incident, 'evidence', error);
  }
}

async function archive(incident: Incident): Promise<void> {
  const id = `archive ${incident.state} ${incident.timeline.length}`;
  const { report } = await incidentScope(incident, { id, title: 'Write the report' }).run(() => incidents.archiveIncident({ incident }));
  incident.archive = { problems: [], ...incident.archive, report };
}

function problem(incident: Incident, what: string, error: unknown): void {
  const text = `The ${what} could not be written: ${messageOf(error)}`;
  incident.archive = { ...incident.archive, problems: [...(incident.archive?.problems ?? []), text] };
  tell(incident, 'state', text);
}

/** At the end of a run of the workflow: what was sent long ago goes to the archive, so that the record stays small. */
export async function trim(incident: Incident, keep = 200): Promise<void> {
  // Pages, mails and notes to people stay: whoever got one must hear that it is over.
  const old = incident.messages
    .filter(({ state, post }) => state !== 'waiting' && post.sink !== 'pagerduty' && !isDirect(post))
    .slice(0, -keep);
  if (old.length === 0) return;
  const part = incident.archived.parts + 1;
  const { number } = incident;
  await incidentScope(incident, { id: `part ${part}`, title: 'Keep old messages' }).run(() =>
    incidents.archiveIncidentPart({ number, part, messages: old }),
  );
  incident.archived = { parts: part, messages: incident.archived.messages + old.length };
  incident.messages = incident.messages.filter((message) => !old.includes(message));
}
