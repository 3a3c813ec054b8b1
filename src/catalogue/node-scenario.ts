import { z } from 'zod';
import { duration } from '../config/schema.ts';
import type { NodeScenario } from '../workflows/plans/scenario-plan.ts';
import type { RunbookEntry } from './entry.ts';
import { scenarioInput, scenarioOf } from './scenario-plan.ts';

const nodeInput = scenarioInput.extend({
  node: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'use the name of a node')
    .optional()
    .describe('the node that is left; the worst one unless said'),
  drainWithin: duration.default(600_000).describe('so long disruption budgets may hold up the drain'),
});

/** The runbook on a node of Kubernetes. */
export const nodeScenario: RunbookEntry = {
  name: 'node-unhealthy',
  workflow: 'nodeUnhealthy',
  title: 'A node is not well',
  when: 'Pods are slow or lost on one machine, and Kubernetes reports its node.',
  symptoms: ['a node is NotReady, or under pressure of memory, disk or processes'],
  source: 'pynomaly-kubernetes, "Immediate Containment" (infrastructure)',
  platforms: ['kubernetes'],
  startRole: 'responder',
  input: nodeInput,
  example: { service: 'shop', region: 'east', node: 'node-1' },
  resolve: (environment, input, run): NodeScenario => {
    const { node, drainWithin, ...rest } = nodeInput.parse(input);
    return { ...scenarioOf(environment, rest, run, ['kubernetes']), node: node ?? null, drainWithinMs: drainWithin };
  },
};
