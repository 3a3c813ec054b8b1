import type { Kit } from '../../kit/kit.ts';
import { releaseBefore, sayRelease, type RollBack } from '../../plans/rollback-plan.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { workloadOf } from '../../ports/workload.ts';
import { careOf } from '../../ports/workload-care.ts';
import type { WorkloadInstance } from '../../ports/workload-state.ts';
import { sayState, see, type FirstLook } from '../care/first-look.ts';
import { connectionFacts } from '../../facts/connection-facts.ts';
import { offer } from '../care/offer.ts';
import { isWell } from '../care/prove-well.ts';

/** A remedy that several scenarios share: true when the service is well afterwards. */
export type SharedRemedy = (kit: Kit, plan: Scenario, seen: FirstLook) => Promise<boolean>;

const mib = 1024 * 1024;
/** How much more memory a copy gets at once. */
const memoryStep = 1.5;

/** What was seen may be over by itself; then nothing is changed, and only the proof is left. */
export const isOver: SharedRemedy = async (kit, plan, { state, outside }) =>
  outside?.bad === 0 &&
  outside.missing === 0 &&
  state !== null &&
  // While a rollout is stuck, the former copies serve beside those that crash.
  state.instances.every(({ trouble }) => trouble === null) &&
  state.ready >= state.wanted &&
  isWell(kit, plan);

/** A restart, once: a second one would only hide the cause. Source: iot-anomaly "1. System Completely Down", pynomaly-aws "Restart Application". */
export const restartOnce: SharedRemedy = async (kit, plan, seen) => {
  const { service, region } = plan;
  const { restart } = careOf(plan.platform);
  if (!restart) return false;
  kit.phase('Restart');
  return offer(kit, plan, seen, {
    kind: 'restart',
    question: `Restart ${service} in ${region} once?`,
    because: seen.state ? sayState(seen.state) : 'what runs it cannot be read',
    apply: () => kit.step(`Restart ${service} in ${region}`, () => restart(whereOf(plan))),
  });
};

/** More memory for each copy, when one was killed for it and the environment allows more. Source: pynomaly-kubernetes "Increase memory limits". */
export const giveMemory: SharedRemedy = async (kit, plan, seen) => {
  const { service, region, mostMemoryBytes } = plan;
  const { limit } = careOf(plan.platform);
  const short = (seen.state?.instances ?? []).find(isShortOfMemory);
  const former = short?.memory.limitBytes ?? null;
  if (!limit || !short || former === null || mostMemoryBytes === null || former >= mostMemoryBytes) return false;
  const memoryBytes = Math.min(Math.ceil((former * memoryStep) / mib) * mib, mostMemoryBytes);
  const where = whereOf(plan);
  kit.phase('Memory');
  return offer(kit, plan, seen, {
    kind: 'limit',
    question: `Give each copy of ${service} in ${region} ${sayBytes(memoryBytes)} instead of ${sayBytes(former)}?`,
    because: `${short.name} was killed for its memory`,
    apply: () =>
      kit.step(`Set the memory limit to ${sayBytes(memoryBytes)}`, () => limit({ ...where, limits: { memoryBytes } }), {
        undo: () => limit({ ...where, limits: { memoryBytes: former }, back: true }),
      }),
  });
};

/** More copies, when all that should run do run, or fewer than carry the load. Source: iot-anomaly "Scale application if needed". */
export const runMore: SharedRemedy = async (kit, plan, seen) => {
  const { service, region, size, database } = plan;
  const { scale } = careOf(plan.platform);
  const wanted = seen.state?.wanted;
  if (!scale || size === null || wanted === undefined) return false;
  const desired = Math.min(size.most, Math.max(size.full, wanted + 1));
  if (desired <= wanted) return false;
  const where = whereOf(plan);
  kit.phase('Capacity');
  return offer(kit, plan, seen, {
    kind: 'scale',
    question: `Run ${desired} copies of ${service} in ${region} instead of ${wanted}?`,
    because: `${wanted} are asked for, ${size.full} carry the whole load`,
    // Every copy brings connections to a database that may have none left.
    ...(database === null ? {} : { facts: () => connectionFacts({ database, region }) }),
    apply: () =>
      kit.step(`Run ${desired} copies in ${region}`, () => scale({ ...where, desired }), {
        undo: () => scale({ ...where, desired: wanted }),
      }),
  });
};

/** The release that ran before, when one was rolled out lately; the runbook for that asks whether it is the cause. */
export const bringReleaseBack: SharedRemedy = async (kit, plan, { changes }) => {
  const { rollBack, service } = plan;
  const rollout = changes?.find(({ source }) => source.startsWith('rollouts'));
  if (!rollBack || !rollout) return false;
  kit.phase('Roll back');
  // Where nothing else is known there is no way back, and nobody to ask about it.
  const { platform } = rollBack.plan as RollBack;
  const look = async () => releaseBefore(await workloadOf(platform).describe(whereOf(plan)));
  const before = await see(kit, `Look which release of ${service} ran before`, look, ({ release }) =>
    release ? sayRelease(release) : 'none',
  );
  if (before?.release === null) return false;
  const done = await kit.runs(`Bring the release of ${service} back that ran before`, rollBack);
  return done !== undefined && isWell(kit, plan);
};

export const isShortOfMemory = ({ trouble, lastEnd }: WorkloadInstance): boolean =>
  trouble === 'memory' || /oom/i.test(lastEnd?.reason ?? '') || lastEnd?.code === 137;

/** 512 MiB, 1.5 GiB. */
export function sayBytes(bytes: number): string {
  const gib = bytes / (1024 * mib);
  return gib >= 1 ? `${Number(gib.toFixed(1))} GiB` : `${Math.round(bytes / mib)} MiB`;
}
