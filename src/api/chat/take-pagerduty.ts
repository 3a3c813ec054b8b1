import { createHash } from 'node:crypto';
import type { Environment } from '../../config/environment.ts';
import type { Incidents } from '../../incidents/incidents.ts';
import { RunProblem } from '../../runs/problem.ts';
import type { IncidentAsk, IncidentCommands } from '../../workflows/incident/commands.ts';
import { isAcknowledged } from '../../workflows/incident/record.ts';
import type { IncidentView } from '../../workflows/incident/view.ts';
import { holds } from '../access.ts';
import type { Heard } from './pagerduty-event.ts';

export const outcomes = ['carriedOut', 'noted', 'alreadySo', 'notOurs'] as const;

/** What became of what was heard, in one word and in a sentence. */
export interface Taken {
  outcome: (typeof outcomes)[number];
  detail: string;
}

type Place = { environment: Pick<Environment, 'name' | 'people'>; incidents: Pick<Incidents, 'view' | 'ask'> };
type Known = Environment['people'][number];

/** An event may be older than the round that it is heard in; clocks may part by this. */
const apartMs = 30_000;
const past = { acknowledge: 'acknowledged', resolve: 'resolved' } as const;
const settled: Record<Heard['what'], readonly IncidentView['state'][]> = {
  acknowledge: ['resolved', 'closed', 'dismissed'],
  resolve: ['verifying', 'stabilizing', 'resolved', 'closed', 'dismissed'],
};

/**
 * Does in Muster what a person did in PagerDuty, in that person's name; what does not count here becomes a note that says who it was. `event` is the
 * event's id: a repeat is the same command. Throws RunProblem when nobody can take it now.
 */
export async function takePagerDuty({ environment, incidents }: Place, heard: Heard, event: string): Promise<Taken> {
  const { number, what } = heard;
  const view = await incidents.view(number).catch((error: unknown) => {
    if (error instanceof RunProblem && error.status >= 500) return undefined;
    throw error;
  });
  if (view && isSo(view, heard)) return { outcome: 'alreadySo', detail: `${number} is ${past[what]} already, or has begun anew since.` };
  const person = personOf(environment, heard);
  const by = person?.subject ?? 'PagerDuty';
  const ask = (id: string, said: Pick<IncidentAsk, 'command' | 'with'>) =>
    incidents.ask(number, { by, id: idOf(`${id} ${event}`), channel: 'pagerduty', ...said } as IncidentAsk);
  const why = mayNot(environment, heard, person) ?? (await refusal(() => ask('command', commandOf(heard, person!.name))));
  if (why === undefined) return { outcome: 'carriedOut', detail: `${person!.subject} ${past[what]} ${number}.` };
  const text = `${whoIs(heard, person)} ${past[what]} it in PagerDuty, which does not count here: ${why}`;
  const unnoted = await refusal(() => ask('note', { command: 'note', with: { text } }));
  if (unnoted !== undefined) return { outcome: 'alreadySo', detail: `${text}. Nor was that noted: ${unnoted}` };
  return { outcome: 'noted', detail: text };
}

/** What Muster told PagerDuty itself comes back too; it is so here by then. */
function isSo(view: IncidentView, { what, at }: Heard): boolean {
  if (settled[what].includes(view.state) || (what === 'acknowledge' && isAcknowledged(view))) return true;
  return Date.parse(at) + apartMs < Date.parse(view.roundSince);
}

function personOf({ people }: Place['environment'], { account }: Heard): Known | undefined {
  const names = account ? [account.id, account.email].map((name) => name?.toLowerCase()) : [];
  return people.find(({ pagerduty }) => pagerduty !== undefined && names.includes(pagerduty.toLowerCase()));
}

function mayNot({ name }: Place['environment'], { account, merged }: Heard, person: Known | undefined): string | undefined {
  if (merged) return 'it was only merged with another one there';
  if (!account) return 'no person did';
  if (!person) return `nobody in ${name} has that account (people[].pagerduty)`;
  return holds(person, 'responder') ? undefined : `that needs the role responder; ${person.subject} has ${person.roles.join(', ')}`;
}

function commandOf({ what }: Heard, name: string): Pick<IncidentAsk, 'command' | 'with'> {
  const resolve: IncidentCommands['resolve'] = { resolution: `${name} resolved it in PagerDuty` };
  return what === 'acknowledge' ? { command: 'acknowledge', with: {} } : { command: 'resolve', with: resolve };
}

/** Why it was refused; undefined when it was not. Throws when nobody could be asked, or there is no such incident. */
async function refusal(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof RunProblem && error.status < 500 && error.status !== 404) return error.detail;
    throw error;
  }
}

function whoIs({ account }: Heard, person: Known | undefined): string {
  if (person) return person.name;
  return account ? `${account.name} (${account.id})` : 'Something';
}

const idOf = (text: string): string => createHash('sha256').update(`pagerduty ${text}`).digest('hex').slice(0, 32);
