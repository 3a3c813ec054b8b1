import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { DeliverySwitch } from './delivery-switch.ts';
import { currentStep, failure, inRegion } from '../kit/index.ts';
import { type Cluster, kubectl, kubectlJson, objectName, predictedKubectl } from '../kubernetes/index.ts';

type Delivery = Exclude<NonNullable<Environment['services'][string]['delivery']>, { by: 'http' }>;

/** What Muster remembers on the object: who held it, and how it synced before. */
const keptKey = 'muster/automated';
const ownerKey = 'muster/paused-by';

const application = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.object({
    source: z.object({ targetRevision: z.string().optional() }).optional(),
    syncPolicy: z.object({ automated: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  }),
});
const kustomization = z.object({
  spec: z.object({ suspend: z.boolean().optional() }),
  status: z.object({ lastAppliedRevision: z.string().optional() }).optional(),
});

/** Automatic sync of Argo CD, or of Flux: taken out and put back as it was. */
export function gitOpsSwitch(delivery: Delivery, region: string): DeliverySwitch {
  const cluster: Cluster = { context: inRegion(delivery.context, region), namespace: inRegion(delivery.namespace, region) };
  const named = (text: string) => objectName(inRegion(text, region));
  return delivery.by === 'argocd' ? argo(cluster, named(delivery.application)) : flux(cluster, named(delivery.kustomization));
}

function argo(cluster: Cluster, name: string): DeliverySwitch {
  const object = ['applications.argoproj.io', name];
  const find = () => kubectlJson(cluster, application, { kind: 'read', args: ['get', ...object] });
  const owned = (owner: string | null, kept: string | null) => ({ annotations: { [ownerKey]: owner, [keptKey]: kept } });
  const pause = (automated: unknown) =>
    patch(object, { metadata: owned(currentStep().runId, JSON.stringify(automated)), spec: { syncPolicy: { automated: null } } });
  const resume = (automated: unknown) => patch(object, { metadata: owned(null, null), spec: { syncPolicy: { automated } } });
  return {
    name: `automatic sync of ${name}`,
    read: async () => {
      const { spec } = await find();
      const automated = spec.syncPolicy?.automated;
      return { paused: !automated || automated['enabled'] === false, wanted: spec.source?.targetRevision ?? null };
    },
    predict: (paused) => predictedKubectl(cluster, paused ? pause('as it is') : resume('as it was')),
    set: async (paused) => {
      const { metadata, spec } = await find();
      const kept = metadata.annotations?.[keptKey];
      if (!paused && kept === undefined)
        throw failure(Failure.Permanent, `${name} does not say how it synced before it was paused, because Muster did not pause it`);
      await kubectl(cluster, paused ? pause(spec.syncPolicy?.automated) : resume(JSON.parse(kept!)));
    },
  };
}

function flux(cluster: Cluster, name: string): DeliverySwitch {
  const object = ['kustomizations.kustomize.toolkit.fluxcd.io', name];
  const suspend = (on: boolean) =>
    patch(object, { metadata: { annotations: { [ownerKey]: on ? currentStep().runId : null } }, spec: { suspend: on } });
  return {
    name: `the sync of ${name}`,
    read: async () => {
      const { spec, status } = await kubectlJson(cluster, kustomization, { kind: 'read', args: ['get', ...object] });
      return { paused: spec.suspend === true, wanted: status?.lastAppliedRevision ?? null };
    },
    predict: (paused) => predictedKubectl(cluster, suspend(paused)),
    set: async (paused) => {
      await kubectl(cluster, suspend(paused));
    },
  };
}

const patch = (object: readonly string[], merge: object) =>
  ({ kind: 'change', args: ['patch', ...object, '--type=merge', '-p', JSON.stringify(merge), '-o', 'json'] }) as const;
