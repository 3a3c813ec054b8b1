import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, CommandFailed, currentStep, deploymentOf, failure, read, until } from '../kit/index.ts';
import { budgetsAgainst, lostOf, movableOf, nameOf } from './drain.ts';
import { readNodeUse, readPodUse } from './metrics.ts';
import { isNodeReady, readAllNodes, readNode, saysUnknown, readPodsEverywhere, stateOf, type Node, type NodeState } from './node-state.ts';
import { livingOf, mainOf, readOwned } from './owned.ts';
import { saturationOf, type Saturation } from './saturation.ts';
import { kubectl, objectName, predictedKubectl, type Kubectl } from './kubectl.ts';
import { duration } from '../../words/durations.ts';

export type { NodeState } from './node-state.ts';
export type { Saturation } from './saturation.ts';

type OneNode = ServiceRegion & { node: string };
type Drain = OneNode & { withinMs: number };

/** What is shown of a cluster: all that matter, and others up to so many. */
const mostNodes = 50;
const seenWithin = 30_000;
const longestDrain = 12 * 60_000;
/** On the node, so that a later attempt, and whoever takes it back, know whose it is. */
const cordonKey = 'muster.dev/cordoned-for';

/** Nodes that a service's pods run on: closed for new pods, and emptied within the disruption budgets. */
export function kubernetesNodeActivities(environment: Environment) {
  const at = (where: ServiceRegion) => deploymentOf(environment, where);

  const readNodes = async (where: ServiceRegion): Promise<NodeState[]> => {
    const [all, everywhere, owned] = await Promise.all([
      readAllNodes(at(where)),
      readPodsEverywhere(at(where)),
      readOwned(environment, where),
    ]);
    const own = new Set(livingOf(owned).map(({ metadata }) => metadata.uid));
    const worth = ({ pods, ready, bad, schedulable }: NodeState) =>
      Number(pods.length > 0) * 2 + Number(!ready || bad.length > 0 || !schedulable);
    const nodes = all.map((one) => stateOf(one, everywhere, own)).sort((a, b) => worth(b) - worth(a) || a.name.localeCompare(b.name));
    return nodes.slice(0, mostNodes);
  };

  const close = ({ node }: OneNode): Kubectl =>
    patchNode(node, { metadata: { annotations: { [cordonKey]: currentStep().runId } }, spec: { unschedulable: true } });
  const open = ({ node }: OneNode): Kubectl =>
    patchNode(node, { metadata: { annotations: { [cordonKey]: null } }, spec: { unschedulable: false } });
  const patchNode = (node: string, patch: object): Kubectl => ({
    ...{ kind: 'change', args: ['patch', 'node', objectName(node), '--type=merge', '-p', JSON.stringify(patch)] },
  });
  /** Closed by this very run: only that is opened again, because somebody may have closed it for a reason of his own. */
  const isOurs = ({ metadata }: Node) => metadata.annotations[cordonKey] === currentStep().runId;
  const turn = (closed: boolean) => {
    const command = closed ? close : open;
    const isSo = (one: Node) => (closed ? one.spec.unschedulable : !one.spec.unschedulable || !isOurs(one));
    return change({
      look: async (asked: OneNode) => {
        objectName(asked.node);
        const one = await readNode(at(asked), asked.node);
        const by = isOurs(one) ? 'this run' : 'somebody else';
        return {
          so: isSo(one),
          found: `${asked.node} ${one.spec.unschedulable ? `takes no new pods, closed by ${by}` : 'takes new pods'}`,
        };
      },
      // What is opened again was closed by a step before, which simulate did not do.
      predictAnyway: !closed,
      predict: (asked) => ({
        calls: [predictedKubectl(at(asked), command(asked))],
        result: { node: asked.node, schedulable: !closed, byUs: true },
      }),
      act: async (asked) => void (await kubectl(at(asked), command(asked))),
      prove: (asked) =>
        until(
          async () => {
            const one = await readNode(at(asked), asked.node);
            const schedulable = !one.spec.unschedulable;
            return isSo(one) ? { is: { node: asked.node, schedulable, byUs: schedulable || isOurs(one) } } : { notYet: 'it is as before' };
          },
          { within: seenWithin, what: `${asked.node} to take ${closed ? 'no new pods' : 'pods again'}` },
        ),
    });
  };

  const drain = ({ node, withinMs }: Drain): Kubectl => {
    if (!Number.isFinite(withinMs) || withinMs < 1_000 || withinMs > longestDrain)
      throw failure(Failure.InvalidInput, `${withinMs} ms is no time for a drain; use 1000 to ${longestDrain}`);
    const bounds = ['--ignore-daemonsets', '--delete-emptydir-data=false', `--timeout=${Math.ceil(withinMs / 1_000)}s`];
    return { kind: 'change', args: ['drain', objectName(node), ...bounds], timeoutMs: withinMs + 10_000 };
  };
  const left = async (asked: OneNode) => movableOf(await readPodsEverywhere(at(asked), asked.node));

  return {
    /** Nodes with the service's pods first, then those with trouble, then others up to 50. Source: pynomaly-kubernetes "System Health Assessment". */
    readNodes: read(readNodes),

    /** What pods and their nodes use of what they may; null where nobody measures it. Source: pynomaly-kubernetes "Performance Metrics". */
    readSaturation: read(async (where: ServiceRegion): Promise<Saturation | null> => {
      const owned = await readOwned(environment, where);
      const [pods, nodes, all] = await Promise.all([
        readPodUse(at(where), mainOf(owned.deployment).name),
        readNodeUse(at(where)),
        readAllNodes(at(where)).catch(() => []),
      ]);
      return pods && saturationOf(owned, pods, nodes, all);
    }),

    /** Closes a node for new pods. */
    cordonNode: turn(true),
    /** Opens a node that this run closed; one that somebody else closed stays so. */
    uncordonNode: turn(false),

    /**
     * Moves the pods of a closed node elsewhere, as their disruption budgets allow. Nothing is forced: a pod that would be lost is refused by
     * name, and a budget that says no until the time is over is named. Source: pynomaly-kubernetes "Drain problematic nodes".
     */
    drainNode: change({
      look: async (asked: Drain) => {
        drain(asked);
        const [one, pods] = await Promise.all([readNode(at(asked), asked.node), left(asked)]);
        currentStep().carried.seen ??= String(pods.length);
        return { so: pods.length === 0, found: `${asked.node} has ${pods.length} pods that can move`, one, pods };
      },
      // In a dry run the pods that came since do not matter, but the cordon before it was not done.
      predict: (asked, { pods }) => ({
        calls: [predictedKubectl(at(asked), drain(asked))],
        result: { node: asked.node, moved: pods.length },
      }),
      refuse: async (asked, { one, pods }) => {
        if (!one.spec.unschedulable)
          throw failure(Failure.RefusedBySafetyRule, `${asked.node} still takes new pods: it is closed before it is emptied`);
        const lost = lostOf(pods);
        if (lost.length > 0) throw failure(Failure.RefusedBySafetyRule, `${asked.node} is not emptied: ${lost.slice(0, 10).join('; ')}`);
        const elsewhere = (await readAllNodes(at(asked))).filter((other) => isNodeReady(other) && !other.spec.unschedulable);
        if (elsewhere.length === 0)
          throw failure(Failure.RefusedBySafetyRule, `${asked.node} is not emptied: no other node is ready and takes pods`);
      },
      act: async (asked) => {
        try {
          await kubectl(at(asked), drain(asked));
        } catch (error) {
          if (!(error instanceof CommandFailed) || !/timed? ?out|timeout reached|disruption budget|did not end within/i.test(error.message))
            throw error;
          const pods = await left(asked);
          const why = await budgetsAgainst(at(asked), pods);
          const names = pods.slice(0, 10).map(nameOf).join(', ');
          const silent = saysUnknown(await readNode(at(asked), asked.node));
          const slow = silent
            ? 'its kubelet does not answer, so that nobody can end them there: end the machine itself, then delete the node'
            : 'they take long to end';
          if (pods.length === 0) return;
          throw failure(
            Failure.Permanent,
            `${pods.length} pods are still on ${asked.node} after ${duration(asked.withinMs)} (${names}): ${[...why, ...(silent || why.length === 0 ? [slow] : [])].join('; ')}`,
          );
        }
      },
      prove: (asked) =>
        until(
          async () => {
            const pods = await left(asked);
            const moved = Number(currentStep().carried.seen ?? 0);
            return pods.length === 0 ? { is: { node: asked.node, moved } } : { notYet: `${pods.length} are still there` };
          },
          { within: seenWithin, what: `${asked.node} to be empty` },
        ),
    }),
  };
}
