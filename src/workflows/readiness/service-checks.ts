import { releaseBefore, type RollBack, sayRelease } from '../plans/rollback-plan.ts';
import { releases, watching } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';
import { findingsOf, type Finding } from './finding.ts';

/** There must be a release to go back to, and it must be told from others for good. */
export async function releaseCanGoBack({ service, region, platform }: RollBack): Promise<Finding[]> {
  const { must, should } = findingsOf('release');
  const running = await workloadOf(platform).describe({ service, region });
  const { release } = releaseBefore(running);
  const seen = { resource: `${service} in ${region}`, needed: 'a release that ran before this one' };
  // The first release of all has nothing behind it; that is no defect of the plan.
  if (release === null) return [should(false, { ...seen, have: `only ${sayRelease(running.wanted)}` })];
  return [
    must(true, { ...seen, have: sayRelease(release) }),
    should(release.digest !== null, {
      resource: sayRelease(release),
      needed: 'a digest',
      have: release.digest === null ? 'a tag only' : 'one',
    }),
  ];
}

/** What brings releases out must answer, or it would undo the rollback within minutes. */
export async function deliveryAnswers({ service, region, delivery }: RollBack): Promise<Finding[]> {
  if (!delivery) return [];
  const { paused } = await releases.readDelivery({ service, region });
  const have = paused ? 'paused' : 'on';
  return [findingsOf('delivery').must(true, { resource: `deliveries of ${service} to ${region}`, needed: 'an answer', have })];
}

/** A service that works today can be proven after a recovery too; one that does not is what the plan is for. */
export async function proofsHold(service: string, unproven: string | undefined): Promise<Finding[]> {
  const { should } = findingsOf('proof');
  const nothing = { resource: service, needed: 'something that proves a write', have: `nothing, so that a person is asked: ${unproven}` };
  const tried = await watching.tryProofs({ service });
  return [
    ...(unproven === undefined ? [] : [should(false, nothing)]),
    ...tried.map(({ title, holds, detail }) => should(holds, { resource: service, needed: title, have: detail })),
  ];
}

/** Nothing may be left from a run that has ended: the next one would start from a state that nobody looks after. */
export async function nothingIsLeft(service: string, regions: readonly string[]): Promise<Finding[]> {
  const { must, should, unknown } = findingsOf('left-behind');
  const held = await watching.heldOn({ service, regions: [...regions] });
  if (held.length === 0) return [must(true, { resource: service, needed: 'nothing left in force', have: 'nothing' })];
  return held.map(({ kind, what, detail, open, unread = false }) => {
    const seen = { resource: what, needed: kind === 'mitigation' ? 'off' : 'on', have: detail };
    if (unread && kind === 'frozen-delivery') return unknown(seen);
    // What an open run holds is looked after; a mitigation is read in every region, also in one that the plan does not need.
    return open || unread ? should(false, seen) : must(false, seen);
  });
}

/** What the plan would change must be free; a run that has ended gives way, one that is open does not. */
export async function leasesAreFree(leases: readonly string[]): Promise<Finding[]> {
  const { must, should } = findingsOf('leases');
  if (leases.length === 0) return [];
  const held = (await watching.heldLeases({})).filter(({ resource }) => leases.includes(resource));
  if (held.length === 0) return [must(true, { resource: leases.join(', '), needed: 'nobody who holds it', have: 'nobody' })];
  return held.map(({ resource, holder, title, since, open }) => {
    const have = `"${title}" (${holder}) since ${since}${open ? '' : ', which has ended: the next run takes it'}`;
    return should(false, { resource, needed: 'nobody who holds it', have });
  });
}
