import type { Environment } from '../../config/environment.ts';
import { join } from '../kit/index.ts';
import { kubernetesActivities } from './deployments.ts';
import { autoscalerActivities } from './autoscalers.ts';
import { manifestActivities } from './manifests.ts';
import { kubernetesPodActivities } from './pods.ts';
import { kubernetesLimitActivities } from './limits.ts';
import { kubernetesNodeActivities } from './nodes.ts';
import { kubernetesServiceActivities } from './services.ts';

export { type Cluster, kubectl, kubectlJson, objectName, predictedKubectl } from './kubectl.ts';
export type { NodeState } from './nodes.ts';
export { kubernetesActivities };

/** Every activity of this room. */
export const kubernetesRoom = (environment: Environment) =>
  join(
    kubernetesActivities(environment),
    autoscalerActivities(environment),
    manifestActivities(environment),
    kubernetesPodActivities(environment),
    kubernetesLimitActivities(environment),
    kubernetesNodeActivities(environment),
    kubernetesServiceActivities(environment),
  );

export type KubernetesTools = ReturnType<typeof kubernetesRoom>;
