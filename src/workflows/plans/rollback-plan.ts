import { inSeconds } from '../../words/durations.ts';
import { ApplicationFailure } from '@temporalio/workflow';
import type { Release, Rollout, Running } from '../../activities/kit/index.ts';
import { Failure } from '../failures.ts';
import type { RunRequest } from '../messages.ts';
import { probes } from '../tools.ts';
import type { Platform } from '../ports/workload-state.ts';
import type { ApprovalPolicy, Unproven } from './plan.ts';

/** A service in a region whose release shall go back; resolved before the start. Times in ms. */
export interface RollBack extends Unproven {
  run: RunRequest;
  service: string;
  region: string;
  platform?: Platform;
  /** Revision, tag or digest of the release to go back to; the one before when left out. */
  to: string | null;
  /** When the trouble began, by whom starts the run; read from customers' errors when left out. */
  onset: string | null;
  /** Goes on although no rollout fits the onset, with the stronger approval. */
  withoutCause: boolean;
  /** A rollout so long before the onset can be its cause. */
  causeWithinMs: number;
  /** The environment says how customers' outage is read, and how the schema's version is. */
  reads: { outage: boolean; schema: boolean };
  /** The environment says how deliveries are held. */
  delivery: boolean;
  bakeMs: number;
  approval: ApprovalPolicy;
}

/** Whether a rollout can be the cause of the trouble. */
export interface Cause {
  onset: string | null;
  fits: boolean;
  why: string;
}

/** Clocks differ, and an order fails now and then: a rollout that seems so little later began before. */
const slackMs = 15_000;

/** What nobody else may change while a release goes back. */
export const leasesOf = ({ service, region }: RollBack): string[] => [`capacity/${service}`, `delivery/${service}/${region}`];

/** A release in words. */
export const sayRelease = ({ image, revision, digest }: Release): string =>
  `${image} (revision ${revision}${digest === null ? ', named by its tag only' : `, ${short(digest)}`})`;
const short = (digest: string): string => (digest.length > 24 ? `${digest.slice(0, 19)}…` : digest);

/** The release to go back to: the one that people name, or what ran before this one. Throws InvalidInput when there is none. */
export function targetOf(running: Running, to: string | null): Release {
  const { wanted, releases } = running;
  const found = to === null ? releaseBefore(running).release : releases.find((release) => isCalled(release, to));
  if (found) return found;
  const known = releases.map(sayRelease).join('; ') || 'none';
  throw ApplicationFailure.nonRetryable(
    to === null ? `nothing ran before ${sayRelease(wanted)}; known: ${known}` : `no release is called ${to}; known: ${known}`,
    Failure.InvalidInput,
  );
}

/** What ran before the release of today, as far as anybody knows. */
export function releaseBefore({ wanted, releases, rollouts }: Running): { release: Release | null } {
  const others = releases.filter((release) => identityOf(release) !== identityOf(wanted));
  const ranBefore = rollouts
    .filter(({ state }) => state === 'Successful')
    .flatMap(({ revision }) => others.find((release) => release.revision === revision) ?? []);
  // Where revisions are no numbers, the newest of what was made before this one.
  const older = others.find(
    ({ revision, createdAt }) => Number(revision) < Number(wanted.revision) || madeBefore(createdAt, wanted.createdAt, revision),
  );
  return { release: ranBefore[0] ?? older ?? null };
}

/** When the trouble began: what whoever started the run says, or the beginning of an outage of customers that is not over. */
export async function onsetOf({ service, onset, reads }: RollBack): Promise<{ at: string | null }> {
  if (onset !== null || !reads.outage) return { at: onset };
  const { startedAt, over, since = startedAt } = await probes.customersOutage({ service });
  return { at: over ? null : since };
}

/** Compares the onset with the rollouts of what runs now. Throws RefusedBySafetyRule when none fits a known onset and nobody asked to go on all the same. */
export function causeOf({ causeWithinMs, withoutCause }: RollBack, { wanted, rollouts }: Running, onset: string | null): Cause {
  const known = rollouts.filter(({ revision }) => revision === wanted.revision);
  const made: Rollout[] = wanted.createdAt === null ? [] : [{ revision: wanted.revision, startedAt: wanted.createdAt, state: 'made' }];
  const candidates = known.length > 0 ? known : made;
  const began = onset === null ? NaN : Date.parse(onset);
  const before = ({ startedAt }: Rollout) => began - Date.parse(startedAt);
  const cause = candidates.find((rollout) => before(rollout) >= -slackMs && before(rollout) <= causeWithinMs);
  const last = candidates[0];
  const why = Number.isNaN(began)
    ? 'nobody knows when the trouble began'
    : cause
      ? `rolled out at ${cause.startedAt}, ${before(cause) < 0 ? 'at the same time' : `${inSeconds(before(cause))} before`}`
      : last
        ? `rolled out at ${last.startedAt}, ${before(last) < 0 ? `${inSeconds(-before(last))} after the trouble began` : `${inSeconds(before(last))} before it`}`
        : 'no rollout of it is known';
  // What nobody can tell is no finding against it: people decide, with the stronger approval.
  if (cause || withoutCause || onset === null) return { onset, fits: cause !== undefined, why };
  throw ApplicationFailure.nonRetryable(
    `a rollout of ${sayRelease(wanted)} is not the cause: ${why}; look elsewhere, or start with withoutCause, which takes the stronger approval`,
    Failure.RefusedBySafetyRule,
  );
}

const madeBefore = (createdAt: string | null, than: string | null, revision: string): boolean =>
  Number.isNaN(Number(revision)) && createdAt !== null && than !== null && Date.parse(createdAt) < Date.parse(than);
/** All that a release brings, as far as the platform tells it: one image with other variables is another release. */
const identityOf = ({ digest, image, template }: Release): string => `${digest ?? image} ${template ?? ''}`;
const isCalled = ({ revision, image, digest }: Release, name: string): boolean =>
  [revision, image, digest, `${image}@${digest}`].includes(name) || image.endsWith(`:${name}`);
