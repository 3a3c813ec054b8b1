import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'pods-crash-looping',
  title: 'Pods crash again and again',
  when: 'Pods are in CrashLoopBackOff, or their image cannot be pulled.',
  symptoms: ['CrashLoopBackOff', 'ImagePullBackOff', 'restarts of containers rise'],
  source: 'pynomaly-kubernetes, "Scenario 1: Application Pods Crashing"',
  input: 'service',
  platforms: ['kubernetes'],
  asks: ['give it more memory?', 'replace the pod?', 'roll the release back?', 'hand over to a failover?'],
  undoes: 'memory limits',
} as const satisfies AboutScenario;
