import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { LogTail, WorkloadState } from '../../workflows/ports/workload-state.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, currentStep, deploymentOf, failure, finding, read, sentenceOf, until } from '../kit/index.ts';
import { isRolledOut } from './deployment.ts';
import { readEvents } from './events.ts';
import { eventsOf, instancesOf } from './instances.ts';
import { mustBeBounds, readLog } from './logs.ts';
import { readPodUse } from './metrics.ts';
import { findPod, livingOf, mainOf, readOwned, readWorkload, type Owned } from './owned.ts';
import { controllerOf, isReady, type Pod } from './pod-objects.ts';
import { ailingOf } from './trouble.ts';
import { kubectl, lookAside, objectName, predictedKubectl, type Kubectl } from './kubectl.ts';

type AskedLogs = ServiceRegion & { pod?: string; previous?: boolean; lines: number; sinceMs?: number };
type OnePod = ServiceRegion & { pod: string; uid: string };

const patience = 10 * 60_000;
const replacedWithin = 2 * 60_000;
const mostPods = 3;
/** Of logs, for one answer: what is kept as evidence has 64 KB in all. */
const mostLogBytes = 40 * 1024;
/** In the template, so that every pod tells by which operation it was made anew. */
const restartKey = 'muster.dev/restarted-for';

/** Pods of a Deployment: what ails them, their last words, and how they are made anew. */
export function kubernetesPodActivities(environment: Environment) {
  const at = (where: ServiceRegion) => deploymentOf(environment, where);
  const object = (where: ServiceRegion) => `deployment/${objectName(at(where).deployment)}`;
  const look = async (where: ServiceRegion) => {
    const [owned, read] = await Promise.all([readOwned(environment, where), lookAside('events', readEvents(at(where)))]);
    const happened = 'none' in read ? [] : read;
    const used = await readPodUse(at(where), mainOf(owned.deployment).name);
    return {
      owned,
      events: [...('none' in read ? [read.none] : []), ...eventsOf(owned, happened)],
      instances: instancesOf(owned, happened, used),
    };
  };

  const logOf = async (asked: AskedLogs, owned: Owned, name: string, mostBytes: number): Promise<LogTail> => {
    const pod = livingOf(owned).find(({ metadata }) => metadata.name === name);
    if (!pod) throw failure(Failure.Permanent, `${name} is no pod of ${object(asked)}, or is gone`);
    const { name: main } = mainOf(owned.deployment);
    const { previous = false, lines, sinceMs } = asked;
    const ailing = ailingOf(pod, main);
    const container = ailing?.name ?? main;
    if (previous && !ailing?.restartCount) {
      finding(`log of ${name}`, 'there was no life before this one');
      return { lines: [], cut: false };
    }
    return readLog(at(asked), { pod: name, container, previous, lines, mostBytes, ...(sinceMs === undefined ? {} : { sinceMs }) });
  };
  const logsOfWorst = async (asked: AskedLogs): Promise<LogTail> => {
    const { owned, instances } = await look(asked);
    const worst = instances.slice(0, mostPods);
    const tails = await Promise.allSettled(worst.map(({ name }) => logOf(asked, owned, name, mostLogBytes / worst.length)));
    const failed = tails.flatMap((tail) => (tail.status === 'rejected' ? [tail.reason as unknown] : []));
    if (failed.length > 0 && failed.length === tails.length) throw failed[0];
    for (const reason of failed) finding('logs left out', sentenceOf(reason));
    return {
      lines: tails.flatMap((tail, index) =>
        tail.status === 'fulfilled' ? tail.value.lines.map((line) => `${worst[index]!.name}: ${line}`) : [],
      ),
      cut: tails.some((tail) => tail.status === 'rejected' || tail.value.cut) || worst.length < instances.length,
    };
  };

  const restart = (where: ServiceRegion): Kubectl => {
    const annotations = { [restartKey]: currentStep().operationId };
    const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
    return { kind: 'change', args: ['patch', object(where), '--type=merge', '-p', patch] };
  };
  const madeFor = (annotations: Readonly<Record<string, string>>) => annotations[restartKey] === currentStep().operationId;

  const remove = ({ pod, uid, ...where }: OnePod): Kubectl => {
    const path = `/api/v1/namespaces/${objectName(at(where).namespace)}/pods/${objectName(pod)}`;
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } });
    return { kind: 'change', args: ['delete', '--raw', path, '--filename=-'], input };
  };
  const lookAtPod = async ({ pod, uid, ...where }: OnePod) => {
    objectName(pod);
    if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(uid)) throw failure(Failure.InvalidInput, `${JSON.stringify(uid)} is no UID`);
    const [owned, named] = await Promise.all([readOwned(environment, where), findPod(at(where), pod)]);
    // How many served before it was deleted: a later attempt cannot see that any more.
    currentStep().carried.seen ??= String(livingOf(owned).filter(isReady).length);
    const found = named?.metadata.uid === uid ? named : undefined;
    const gone = found === undefined || found.metadata.deletionTimestamp !== undefined;
    return { so: gone, found: `${pod} of the UID ${uid} is ${gone ? 'gone, or on its way' : 'there'}`, owned, pod: found };
  };
  /** Why a pod may not be deleted. */
  const keptBecause = (asked: OnePod, { owned, pod }: { owned: Owned; pod: Pod | undefined }): string | undefined => {
    const others = livingOf(owned).filter(({ metadata }) => metadata.uid !== asked.uid);
    const owner = pod && controllerOf(pod);
    if (!pod || !owner) return 'nothing would make it anew';
    if (!owned.sets.some(({ uid }) => uid === owner.uid)) return `it belongs to ${owner.kind} ${owner.name}, not to ${object(asked)}`;
    if (isReady(pod) && !others.some(isReady)) return 'it is the last one that serves, and no other is ready to replace it';
    return undefined;
  };

  return {
    /** What runs of a Deployment, what ails it, and what happened lately. Source: pynomaly-kubernetes "Scenario 1", Diagnosis. */
    readPods: read(async (where: ServiceRegion): Promise<WorkloadState> => {
      const { owned, events, instances } = await look(where);
      return { wanted: owned.deployment.spec.replicas, ready: instances.filter(({ ready }) => ready).length, instances, events };
    }),

    /** The end of a pod's log, or of the worst three pods'; what there was is kept as evidence. Never follows. */
    podLogs: read(async (asked: AskedLogs): Promise<LogTail> => {
      mustBeBounds(asked);
      if (asked.pod === undefined) return logsOfWorst(asked);
      objectName(asked.pod);
      return logOf(asked, await readOwned(environment, asked), asked.pod, mostLogBytes);
    }),

    /** Makes every pod anew, once for one operation however often it is tried. */
    restartPods: change({
      look: async (where: ServiceRegion) => {
        const { spec } = await readWorkload(environment, where);
        const so = madeFor(spec.template.metadata.annotations);
        return { so, found: `${object(where)} was ${so ? '' : 'not '}restarted by this step`, paused: spec.paused };
      },
      predict: (where) => ({ calls: [predictedKubectl(at(where), restart(where))], result: { restarted: 0 } }),
      refuse: (where, { paused }) => {
        if (paused) throw failure(Failure.RefusedBySafetyRule, `${object(where)} is paused by somebody: nothing of it would be restarted`);
      },
      act: async (where) => void (await kubectl(at(where), restart(where))),
      prove: (where) =>
        until(
          async () => {
            const owned = await readOwned(environment, where);
            if (!madeFor(owned.deployment.spec.template.metadata.annotations))
              throw failure(Failure.Permanent, `something else was rolled out over the restart of ${object(where)}`);
            const living = livingOf(owned);
            const old = living.filter(({ metadata }) => !madeFor(metadata.annotations)).length;
            if (old === 0 && isRolledOut(owned.deployment)) return { is: { restarted: living.length } };
            return { notYet: `${old} old pods, ${living.filter(isReady).length} of ${owned.deployment.spec.replicas} ready` };
          },
          { within: patience, what: `every pod of ${object(where)} to be made anew` },
        ),
    }),

    /** Deletes this very pod, never one that only has its name now. Source: pynomaly-kubernetes "Reschedule pods". */
    deletePod: change({
      look: lookAtPod,
      predict: (asked) => ({ calls: [predictedKubectl(at(asked), remove(asked))], result: { wanted: 0, ready: 0 } }),
      refuse: (asked, found) => {
        const why = keptBecause(asked, found);
        if (why !== undefined) throw failure(Failure.RefusedBySafetyRule, `${asked.pod} is not deleted: ${why}`);
      },
      act: async (asked) => void (await kubectl(at(asked), remove(asked))),
      prove: (asked) => {
        const before = Number(currentStep().carried.seen ?? 0);
        return until(
          async () => {
            const owned = await readOwned(environment, asked);
            const living = livingOf(owned);
            const [wanted, ready] = [owned.deployment.spec.replicas, living.filter(isReady).length];
            if (owned.pods.some(({ metadata }) => metadata.uid === asked.uid)) return { notYet: 'its node has not ended it' };
            if (living.length >= wanted && ready >= Math.min(before, wanted)) return { is: { wanted, ready } };
            return { notYet: `${living.length} of ${wanted} are there, ${ready} ready; ${before} were ready before` };
          },
          { within: replacedWithin, what: `${asked.pod} to be replaced` },
        );
      },
    }),
  };
}
