import type { ActivityCode } from '../activities.ts';
import type { RawFinding, Rule } from '../finding.ts';
import { globalControlPlanes, guard, leftRegion, means } from '../meanings.ts';
import { changesOf, named, precedes, type Act, type Page } from '../page.ts';

export const missingLease: Rule = {
  id: 'missing-lease',
  severity: 'error',
  why: 'Two runs change the same thing at once, and each undoes what the other did.',
  source: 'ml-platform: nothing keeps a rollback and a failover of one service apart',
};
export const pageWithoutProof: Rule = {
  id: 'change-without-proof',
  severity: 'error',
  why: 'A call that was answered is not an effect: an annotation that nobody reads is answered too.',
  source: 'ml-platform and pynomaly-kubernetes, "Traffic Management"; observer-coordinator, "Application Downtime"',
};
export const globalControlPlane: Rule = {
  id: 'global-control-plane',
  severity: 'warning',
  why: 'The control plane stands in one region for the whole world, and may be part of the outage.',
  source: 'ml-platform, "Complete Region Failure", step 2, and "Mitigation Strategies", step 4',
};
export const impairedRegion: Rule = {
  id: 'impaired-region',
  severity: 'error',
  why: 'The region that is left may not answer, and then the recovery waits for it.',
  source: 'ml-platform, "Complete Region Failure", step 1',
};

/** What must hold for a page as a whole. */
export function checkPage(page: Page, { changes }: ActivityCode): RawFinding[] {
  const { acts, leases, node } = page;
  const changing = acts.filter((act) => changesOf(act).length > 0);
  const found: RawFinding[] = [];
  if (changing.length > 0 && !leases.some) {
    found.push({
      ...{ rule: missingLease, trail: [leases.node], wholePage: true },
      what: `${page.name} changes things and takes no lease`,
      todo: 'Name what it changes in `leases`, e.g. `database/orders`.',
    });
  }
  const last = changing.findLast((act) => act.pointOfNoReturn) ?? changing[0];
  if (last && !acts.some((act) => act.index > last.index && proves(act))) {
    found.push({
      ...{ rule: pageWithoutProof, trail: [node], wholePage: true },
      what: `${page.name} ends after ${named(last)} without looking whether it helped`,
      todo: 'End with a watch, a check or a proof: a write that is read back, as a customer makes it.',
    });
  }
  return [...found, ...acts.flatMap((act) => [...controlPlanes(act, changes), ...unguarded(act, acts)])];
}

const proves = (act: Act): boolean =>
  ['watch', 'check', 'runs'].includes(act.word) || act.calls.some(({ kind, activity }) => kind === 'proof' || /^prove/.test(activity));

function controlPlanes(act: Act, changes: ActivityCode['changes']): RawFinding[] {
  const definitions = changesOf(act).flatMap(({ activity }) => changes.get(activity) ?? []);
  return definitions.flatMap(({ node, asks }) =>
    [...new Set(asks.map(({ service }) => service))]
      .filter((service) => globalControlPlanes[service] !== undefined)
      .map((service) => ({
        rule: globalControlPlane,
        what: `${named(act)} needs the control plane of ${service}`,
        todo: `${globalControlPlanes[service]}. Or write why it must be.`,
        // A reason beside the tool holds for every page that uses it.
        trail: [node, ...act.trail],
      })),
  );
}

/** What customers wait for must not need the region that is left, unless a condition says that it answers. */
function unguarded(act: Act, acts: readonly Act[]): RawFinding[] {
  const customersWait = acts.some((other) => other.calls.some((call) => means(call, 'movesTraffic')) && precedes(act, other));
  const reaches = changesOf(act).some(({ args }) => args['region'] !== undefined && leftRegion.test(args['region']));
  const guarded = act.branches.some(({ kind, condition }) => kind === 'if' && guard.test(condition));
  if (!customersWait || !reaches || guarded) return [];
  return [
    {
      rule: impairedRegion,
      what: `${named(act)} must reach the region that is left`,
      todo: 'Look first whether it answers, and say what happens when it does not; or do it after the customers are served.',
      trail: act.trail,
    },
  ];
}
