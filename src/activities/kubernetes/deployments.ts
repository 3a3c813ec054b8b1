import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Capacity, ServiceRegion } from '../aws/index.ts';
import {
  change,
  CommandFailed,
  deploymentOf,
  failure,
  identityOf,
  isSameRelease,
  othersThan,
  type Pinned,
  proof,
  read,
  type Running,
  until,
} from '../kit/index.ts';
import { fights, holdAt, readAutoscaler, refuseStranger } from './autoscaler.ts';
import { isRolledOut, readDeploymentOf, readRunning } from './deployment.ts';
import { kubectl, objectName, predictedKubectl, type Kubectl } from './kubectl.ts';

type Target = ServiceRegion & Pinned;

const patience = 10 * 60_000;
/** One look of `rollout status`; waiting goes on in the next one. */
const lookMs = 15_000;

/** Deployments of Kubernetes, by kubectl: sized, rolled out and rolled back to a pinned revision. */
export function kubernetesActivities(environment: Environment) {
  const at = (where: ServiceRegion) => deploymentOf(environment, where);
  const object = (where: ServiceRegion) => `deployment/${objectName(at(where).deployment)}`;
  const capacityOf = async (where: ServiceRegion): Promise<Capacity> => {
    const { spec, status } = await readDeploymentOf(environment, where);
    return { desired: spec.replicas, min: 0, max: Number.MAX_SAFE_INTEGER, inService: status.readyReplicas, suspended: false };
  };

  const rolledOut = (where: ServiceRegion, within = patience) => {
    const command: Kubectl = {
      kind: 'read',
      args: ['rollout', 'status', object(where), `--timeout=${lookMs / 1_000}s`],
      timeoutMs: lookMs + 5_000,
    };
    return until(
      async () => {
        try {
          await kubectl(at(where), command);
        } catch (error) {
          if (error instanceof CommandFailed && /timed out waiting/i.test(error.message)) return { notYet: error.message };
          throw error;
        }
        const seen = await readDeploymentOf(environment, where);
        return isRolledOut(seen)
          ? { is: { replicas: seen.spec.replicas } }
          : { notYet: `${seen.status.updatedReplicas} of ${seen.spec.replicas} are` };
      },
      { within, what: `${object(where)} in ${where.region} to be rolled out` },
    );
  };

  const scale = ({ desired, ...where }: Sized): Kubectl => ({ kind: 'change', args: ['scale', object(where), `--replicas=${desired}`] });
  /** An autoscaler that is held at another size would take this one back, so it is told first; one that is not there fights nobody. */
  const unfight = async (asked: Sized): Promise<Kubectl[]> => {
    const limits = await readAutoscaler(at(asked)).catch((error: unknown) => {
      if (error instanceof CommandFailed && /\(NotFound\)/.test(error.message)) return undefined;
      throw error;
    });
    return fights(limits, asked.desired) ? [holdAt(at(asked), asked.desired, limits)] : [];
  };

  const undoTo = ({ revision, ...where }: Target): Kubectl => ({
    kind: 'change',
    args: ['rollout', 'undo', object(where), `--to-revision=${revision}`],
  });
  const runs = (pinned: Pinned, { wanted }: Running) => isSameRelease(wanted, pinned);
  const proveRuns = (asked: Target, within: number) =>
    until(
      async () => {
        const seen = await readRunning(environment, asked);
        if (!runs(asked, seen))
          throw failure(Failure.Permanent, `${identityOf(seen.wanted)} has been rolled out over it: hold the deliveries`);
        const others = othersThan(asked, seen);
        const on = seen.instances.length - others.length;
        const result = { revision: seen.wanted.revision, digest: asked.digest, instances: on };
        return others.length === 0 && seen.underWay === null ? { is: result } : { notYet: `${on} of ${seen.instances.length} pods run it` };
      },
      { within, what: `every pod of ${object(asked)} to run ${identityOf(asked)}` },
    );

  return {
    /** Replicas that a Deployment wants and has ready. */
    readDeployment: read(capacityOf),
    /** What a Deployment runs: revisions with their digests, pods with theirs, and what happened lately. */
    readRevisions: read((where: ServiceRegion): Promise<Running> => readRunning(environment, where)),

    scaleDeployment: change({
      check: ({ desired }: Sized) => {
        if (!Number.isInteger(desired) || desired < 0) throw failure(Failure.InvalidInput, `${desired} is no number of replicas`);
      },
      look: async (asked: Sized) => {
        const { desired } = await capacityOf(asked);
        await refuseStranger(at(asked), asked.desired);
        const commands = [...(await unfight(asked)), ...(desired === asked.desired ? [] : [scale(asked)])];
        return { so: commands.length === 0, found: `${object(asked)} wants ${desired} replicas`, commands };
      },
      predict: (asked, { commands }) => ({
        calls: commands.map((command) => predictedKubectl(at(asked), command)),
        result: { desired: asked.desired, inService: asked.desired },
      }),
      act: async (asked, { commands }) => {
        for (const command of commands) await kubectl(at(asked), command);
      },
      prove: (asked) =>
        until(
          async () => {
            const { desired, inService } = await capacityOf(asked);
            // Its autoscaler may already have asked for more.
            const enough = desired === asked.desired || (desired > asked.desired && at(asked).autoscaler !== undefined);
            return enough && inService === desired ? { is: { desired, inService } } : { notYet: `${inService} are` };
          },
          { within: patience, what: `${asked.desired} replicas of ${object(asked)} to be ready` },
        ),
    }),

    /** Waits until the newest revision is everywhere and ready. */
    rolloutStatus: proof((where: ServiceRegion) => rolledOut(where)),

    /** Rolls back to a revision that still holds what it held; when that runs already it is adopted, so that nothing is toggled. */
    rollBackToRevision: change({
      check: ({ revision }: Target) => {
        if (!/^[1-9]\d{0,8}$/.test(revision)) throw failure(Failure.InvalidInput, `${JSON.stringify(revision)} is no revision`);
      },
      look: async (asked: Target) => {
        const [seen, { spec }] = await Promise.all([readRunning(environment, asked), readDeploymentOf(environment, asked)]);
        // Here, so that simulate says it too.
        if (spec.paused && !runs(asked, seen))
          throw failure(
            Failure.RefusedBySafetyRule,
            `${object(asked)} is paused by somebody, and kubectl rolls back no paused one: resume it first`,
          );
        return {
          so: runs(asked, seen),
          found: `${object(asked)} wants ${identityOf(seen.wanted)}, revision ${seen.wanted.revision}`,
          seen,
        };
      },
      predict: (asked) => ({
        calls: [predictedKubectl(at(asked), undoTo(asked))],
        result: { revision: asked.revision, digest: asked.digest, instances: 0 },
      }),
      refuse: (asked, { seen }) => {
        const held = seen.releases.find(({ revision }) => revision === asked.revision);
        if (!held || !isSameRelease(held, asked))
          throw failure(
            Failure.RefusedBySafetyRule,
            `revision ${asked.revision} holds ${held ? identityOf(held) : 'nothing'}, not ${identityOf(asked)}`,
          );
      },
      act: async (asked) => void (await kubectl(at(asked), undoTo(asked))),
      prove: async (asked) => {
        await rolledOut(asked);
        return proveRuns(asked, 60_000);
      },
    }),

    /** Checks that every pod still runs a release, by the digest that its node reports. */
    proveRevision: proof((asked: Target) => proveRuns(asked, 30_000)),
  };
}

type Sized = ServiceRegion & { desired: number };
