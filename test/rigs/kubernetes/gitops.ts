const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const definition = (group: string, version: string, kind: string, plural: string) => ({
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` } },
  spec: {
    ...{ group, scope: 'Namespaced', names: { kind, plural, singular: kind.toLowerCase() } },
    versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: anything } }],
  },
});

/** The kinds of Argo CD and Flux that say what is synced; nobody syncs them here. */
export const gitOpsKinds = [
  definition('argoproj.io', 'v1alpha1', 'Application', 'applications'),
  definition('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'),
];

/** An Application that syncs by itself, prunes and heals. */
export const application = (namespace: string, name: string) => ({
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name, namespace } },
  spec: { source: { targetRevision: 'main' }, syncPolicy: { automated: { prune: true, selfHeal: true } } },
});

/** A Kustomization of Flux that is synced. */
export const kustomization = (namespace: string, name: string) => ({
  ...{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name, namespace } },
  spec: { interval: '5m', path: './', prune: true },
  status: { lastAppliedRevision: 'main@sha1:4b1d' },
});
