import { z } from 'zod';
import { duration, secret, url } from './basics.ts';

const label = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
/** A name as Kubernetes takes it (RFC 1123). */
const objectName = z.string().regex(label, 'use a name as Kubernetes has it: small letters, digits, dashes and dots');
/** A context of the kubeconfig; `{region}` is replaced. */
const context = z.string().regex(/^[A-Za-z0-9{][A-Za-z0-9_.:/@{}-]{0,252}$/, 'use the name of a context in your kubeconfig');
/** A name in which `{region}` is replaced. */
const regionalName = z.string().regex(/^[a-z0-9{][a-z0-9.{}-]{0,252}$/, 'use a name as Kubernetes has it; {region} is replaced');

/** Where a service runs as a Deployment. */
export const deploymentPlace = z.strictObject({
  context,
  namespace: objectName,
  deployment: objectName,
  /** The Service that sends requests to its pods; it has the Deployment's name when left out. */
  serviceName: objectName.optional(),
  /** HorizontalPodAutoscaler that is held still while traffic moves. */
  autoscaler: objectName.optional(),
  /** Folder with the region's kustomization, for `kubectl apply -k`. */
  manifests: z
    .string()
    .regex(/^[^-\s]\P{Cc}*$/u, 'use a path')
    .optional(),
});

/** The part that brings releases out, and the switch that holds it. `{region}` is replaced in every text. */
export const delivery = z.discriminatedUnion('by', [
  /** GET → { paused, wanted? }, PUT { paused }. */
  z.strictObject({ by: z.literal('http'), url, token: secret }),
  z.strictObject({ by: z.literal('argocd'), context, namespace: regionalName, application: regionalName }),
  z.strictObject({ by: z.literal('flux'), context, namespace: regionalName, kustomization: regionalName }),
]);

/** What a service says about its releases. */
export const releasesOf = {
  /** One row: the schema's version, and if the schema tells it the oldest version whose code still works on it. */
  migrations: z.strictObject({ sql: z.string().min(1) }).optional(),
  rollback: z
    .strictObject({
      /** A rollout so long before the onset can be its cause. */
      causeWithin: duration,
      /** Every reading must be good for so long afterwards. */
      bakeFor: duration,
    })
    .optional(),
};
