import { z } from 'zod';
import { duration, secret, url } from './basics.ts';

const label = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
/** A name as Kubernetes takes it (RFC 1123). */
const objectName = z.string().regex(label, 'use a name as Kubernetes has it: small letters, digits, dashes and dots');
const context = z
  .string()
  .regex(/^[A-Za-z0-9{][A-Za-z0-9_.:/@{}-]{0,252}$/, 'use the name of a context in your kubeconfig')
  .describe("Context of the worker's kubeconfig; `{region}` is replaced.")
  .meta({ examples: ['shop-{region}'] });
/** A name in which `{region}` is replaced. */
const regionalName = z.string().regex(/^[a-z0-9{][a-z0-9.{}-]{0,252}$/, 'use a name as Kubernetes has it; {region} is replaced');

/** Where a service runs as a Deployment. */
export const deploymentPlace = z
  .strictObject({
    context,
    namespace: objectName.describe('Namespace of the Deployment.'),
    deployment: objectName.describe('Name of the Deployment.'),
    serviceName: objectName
      .optional()
      .describe("The Service that sends requests to its pods; it has the Deployment's name when left out.")
      .meta({ examples: ['shop-http'] }),
    autoscaler: objectName
      .optional()
      .describe('HorizontalPodAutoscaler that is held still while traffic moves; left out where there is none.')
      .meta({ examples: ['shop'] }),
    manifests: z
      .string()
      .regex(/^[^-\s]\P{Cc}*$/u, 'use a path')
      .optional()
      .describe("Folder with the region's kustomization, for `kubectl apply -k`; without it Muster applies none.")
      .meta({ examples: ['/srv/shop/deploy/west'] }),
  })
  .describe('It runs as a Deployment of Kubernetes.');

/** The part that brings releases out, and the switch that holds it. `{region}` is replaced in every text. */
export const delivery = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('http').describe('A switch over HTTP: GET → { paused, wanted? }, PUT { paused } with the token.'),
      url: url.describe('Where it is; `{region}` is replaced.'),
      token: secret.describe('Token that is sent, as a reference.'),
    }),
    z.strictObject({
      by: z.literal('argocd').describe('An Application of Argo CD: its automatic sync is held.'),
      context,
      namespace: regionalName.describe("The Application's namespace; `{region}` is replaced.").meta({ examples: ['argocd'] }),
      application: regionalName.describe('Name of the Application; `{region}` is replaced.').meta({ examples: ['shop-{region}'] }),
    }),
    z.strictObject({
      by: z.literal('flux').describe('A Kustomization of Flux: it is suspended.'),
      context,
      namespace: regionalName.describe("The Kustomization's namespace; `{region}` is replaced.").meta({ examples: ['flux-system'] }),
      kustomization: regionalName.describe('Name of the Kustomization; `{region}` is replaced.').meta({ examples: ['shop-{region}'] }),
    }),
  ])
  .describe('What brings new releases out; paused while a run rolls one back. Without it nothing is paused.');

/** What a service says about its releases. */
export const releasesOf = {
  migrations: z
    .strictObject({
      sql: z
        .string()
        .min(1)
        .describe("A query that answers one row: the schema's version, and if the schema tells it the oldest version that works on it."),
    })
    .optional()
    .describe("Tells a rollback which version the database's schema has; without it people judge whether old code works on it."),
  rollback: z
    .strictObject({
      causeWithin: duration.describe('A rollout so long before the onset can be its cause.'),
      bakeFor: duration.describe('Every reading must be good for so long afterwards.'),
    })
    .optional()
    .describe('When a release is taken for the cause, and how long its rollback is watched; an hour and `failover.watchFor` unless said.'),
};
