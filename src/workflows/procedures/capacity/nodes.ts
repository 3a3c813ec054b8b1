import type { NodeState } from '../../../activities/kubernetes/index.ts';
import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import { whereOf, type NodeScenario } from '../../plans/scenario-plan.ts';
import { kubernetes } from '../../tools.ts';
import { see, type FirstLook } from '../care/first-look.ts';
import { approved } from '../care/offer.ts';

/** The node that people name, or the one with bad conditions that has most of the service's pods; null when all are well. */
export async function chooseNode(kit: Kit, plan: NodeScenario): Promise<NodeState | null> {
  const nodes = await see(kit, 'Read the nodes', () => allNodes(plan), sayNodes);
  kit.keep('nodes', nodes);
  const bad = (nodes ?? []).filter(isBad).sort((a, b) => b.pods.length - a.pods.length);
  return (nodes ?? []).find(({ name }) => name === plan.node) ?? (plan.node === null ? (bad[0] ?? null) : null);
}

/** No new pod comes to the node; the way back is to let them come again. */
export async function cordon(kit: Kit, plan: NodeScenario, seen: FirstLook, node: NodeState): Promise<boolean> {
  const asked = { ...whereOf(plan), node: node.name };
  kit.phase('Cordon');
  const question = `Let no new pod onto ${node.name}?`;
  if (!(await approved(kit, plan, seen, { kind: 'drain', question, because: sayNode(node), facts: async () => roomElsewhere(plan, node) })))
    return false;
  await kit.step(`Cordon ${node.name}`, () => kubernetes.cordonNode(asked), { undo: () => kubernetes.uncordonNode(asked) });
  return true;
}

/** What runs on the node moves, one by one, as its disruption budgets allow. */
export async function drain(kit: Kit, plan: NodeScenario, seen: FirstLook, node: NodeState): Promise<boolean> {
  const asked = { ...whereOf(plan), node: node.name, withinMs: plan.drainWithinMs };
  kit.phase('Drain');
  const question = `Move every pod off ${node.name}?`;
  const why = {
    because: sayNode(node),
    facts: () => roomElsewhere(plan, node),
    cannotBeUndone: 'each pod ends there and starts elsewhere',
  };
  if (!(await approved(kit, plan, seen, { kind: 'drain', question, ...why }))) return false;
  // lint-allow undo-missing: moved pods stay where they are well; the cordon, which can be undone, is its own step.
  await kit.step(`Drain ${node.name}`, () => kubernetes.drainNode(asked));
  return true;
}

const allNodes = (plan: NodeScenario): Promise<NodeState[] | undefined> => kubernetes.readNodes(whereOf(plan));

async function roomElsewhere(plan: NodeScenario, { name }: NodeState) {
  const nodes = await allNodes(plan).catch(() => undefined);
  const others = nodes?.filter((node) => node.name !== name && node.schedulable && !isBad(node));
  const verdict = others === undefined ? 'unknown' : others.length > 0 ? 'good' : 'bad';
  return [fact.count('room', 'nodes that can take its pods', others?.length ?? null, 'Kubernetes', { verdict })];
}

const isBad = ({ ready, bad }: NodeState): boolean => !ready || bad.length > 0;
const sayNode = ({ name, ready, bad, pods }: NodeState): string =>
  `${name} is ${ready ? 'ready' : 'not ready'}${bad.length > 0 ? ` (${bad.join(', ')})` : ''}, with ${pods.length} pods of the service`;
const sayNodes = (nodes: readonly NodeState[]): string => {
  const bad = nodes.filter(isBad);
  return `${nodes.length - bad.length} of ${nodes.length} well${bad.length > 0 ? `; ${bad.map(sayNode).join('; ')}` : ''}`;
};
