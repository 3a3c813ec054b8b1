import { findingsOf, type Finding } from './finding.ts';
import { watching } from '../tools.ts';
import type { WatchList } from './watch-list.ts';

const startRoles = ['responder', 'approver', 'admin'];
const approveRoles = ['approver', 'admin'];
type Person = WatchList['people'][number];

/** Whoever starts a run, enough others must be there who may approve it, the usual way and the stronger one. */
export function approversAreEnough({ approval, people }: Pick<WatchList, 'approval' | 'people'>): Finding[] {
  const ways = [
    { duty: approval.duty, quorum: approval.quorum },
    ...(approval.stronger.duty === approval.duty && approval.stronger.quorum === approval.quorum ? [] : [approval.stronger]),
  ];
  return ways.flatMap((way) => enough(way, people));
}

function enough({ duty, quorum }: { duty: string; quorum: number }, people: readonly Person[]): Finding[] {
  const { must, should } = findingsOf('approvers');
  const holders = people.filter(({ roles, duties }) => duties.includes(duty) && roles.some((role) => approveRoles.includes(role)));
  const starters = people.filter(({ roles }) => roles.some((role) => startRoles.includes(role)));
  const without = (starter: Person) => holders.filter(({ subject }) => subject !== starter.subject).length;
  const stuck = starters.filter((starter) => without(starter) < quorum).map(({ name }) => name);
  const resource = `approvers with the duty ${duty}`;
  const needed = `${quorum} beside whoever starts the run`;
  const have = `${holders.length}${holders.length > 0 ? `: ${holders.map(({ name }) => name).join(', ')}` : ''}`;
  const tokenless = holders.filter(({ hasToken }) => !hasToken).map(({ name }) => name);
  return [
    stuck.length > 0 && stuck.length < starters.length
      ? should(false, { resource, needed, have: `${have}; too few when ${stuck.join(' or ')} starts it` })
      : must(starters.length > 0 && stuck.length === 0, { resource, needed, have }),
    ...tokenless.map((name) => should(false, { resource: name, needed: 'a token to decide with', have: 'none' })),
  ];
}

/** What calls people to a gate must work; of PagerDuty nobody can tell without paging somebody. */
export async function peopleCanBeReached({ notify }: Pick<WatchList, 'notify'>): Promise<Finding[]> {
  const { must, should, unknown } = findingsOf('reach');
  if (!notify.slack) {
    const seen = { resource: 'Slack or PagerDuty', needed: 'one that calls people to a gate' };
    return [should(notify.pagerduty, { ...seen, have: notify.pagerduty ? 'PagerDuty, which cannot be tried without a page' : 'neither' })];
  }
  const { answers, detail } = await watching.chatAnswers({});
  const seen = { resource: 'Slack', needed: 'an answer to our token', have: detail };
  return [answers ? must(true, seen) : unknown(seen)];
}

/** Programs that the plan runs must be there, and new enough. */
export async function programsAreThere(programs: WatchList['plans'][number]['programs']): Promise<Finding[]> {
  if (programs.length === 0) return [];
  const { must } = findingsOf('programs');
  const found = await watching.programVersions({ programs });
  return found.map(({ program, oldest, fits, detail }) =>
    must(fits, {
      resource: program,
      needed: oldest === null ? 'a program on the machine of the worker' : `version ${oldest} or newer on the machine of the worker`,
      have: detail,
    }),
  );
}
