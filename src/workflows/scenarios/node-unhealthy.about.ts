import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'node-unhealthy',
  title: 'A node is not well',
  when: 'Pods are slow or lost on one machine, and Kubernetes reports its node.',
  symptoms: ['a node is NotReady, or under pressure of memory, disk or processes'],
  source: 'pynomaly-kubernetes, "Immediate Containment" (infrastructure)',
  input: 'node',
  platforms: ['kubernetes'],
  asks: ['cordon the node?', 'drain it?', 'hand over to a failover?'],
  undoes: 'the cordon',
} as const satisfies AboutScenario;
