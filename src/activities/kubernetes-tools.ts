import type { autoscalerActivities } from './autoscaler.ts';
import type { kubernetesActivities } from './kubernetes.ts';
import type { kubernetesLimitActivities } from './kubernetes-limits.ts';
import type { kubernetesNodeActivities } from './kubernetes-nodes.ts';
import type { kubernetesPodActivities } from './kubernetes-pods.ts';
import type { kubernetesServiceActivities } from './kubernetes-services.ts';

/** Everything that is done by kubectl. */
export type KubernetesTools = ReturnType<typeof kubernetesActivities> &
  ReturnType<typeof autoscalerActivities> &
  ReturnType<typeof kubernetesPodActivities> &
  ReturnType<typeof kubernetesLimitActivities> &
  ReturnType<typeof kubernetesNodeActivities> &
  ReturnType<typeof kubernetesServiceActivities>;
