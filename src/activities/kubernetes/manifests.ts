import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, CommandFailed, deploymentOf, failure, read, until } from '../kit/index.ts';
import { isDifference, kubectl, predictedKubectl, type Kubectl } from './kubectl.ts';

/** The manifests that the environment names for a service: what they would change, and their change. */
export function manifestActivities(environment: Environment) {
  const at = (where: ServiceRegion) => deploymentOf(environment, where);
  const apply = (where: ServiceRegion, verb: 'apply' | 'diff'): Kubectl => {
    const { manifests } = at(where);
    if (manifests === undefined)
      throw failure(Failure.InvalidInput, `the environment names no manifests of ${where.service} in ${where.region}`);
    return { kind: verb === 'apply' ? 'change' : 'read', args: [verb, '-k', { value: manifests }], timeoutMs: 60_000 };
  };
  /** What `kubectl diff` shows, which then ends with 1; empty when there is no difference. */
  const difference = (where: ServiceRegion): Promise<string> =>
    kubectl(at(where), apply(where, 'diff')).then(
      () => '',
      (error: unknown) => {
        if (error instanceof CommandFailed && error.exitCode === 1 && isDifference(error)) return error.said!.stdout;
        throw error;
      },
    );
  const differs = async (where: ServiceRegion): Promise<boolean> => (await difference(where)) !== '';

  return {
    /** Which objects the region's manifests would change, e.g. `Deployment shop`; empty when the cluster has them as they are. */
    readManifestDifference: read(async (where: ServiceRegion) => objectsIn(await difference(where))),

    /** Applies the region's kustomization; what it would change is read by `kubectl diff` before. */
    applyManifests: change({
      look: async (where: ServiceRegion) => {
        const changed = await differs(where);
        return { so: !changed, found: `the manifests of ${where.region} ${changed ? 'differ from' : 'are'} what the cluster has` };
      },
      predict: (where) => ({ calls: [predictedKubectl(at(where), apply(where, 'apply'))], result: { applied: true } }),
      act: async (where) => void (await kubectl(at(where), apply(where, 'apply'))),
      prove: (where) =>
        until(async () => ((await differs(where)) ? { notYet: 'they still differ' } : { is: { applied: true } }), {
          within: 60_000,
          what: `the manifests of ${where.region} to be what the cluster has`,
        }),
    }),
  };
}

/** The objects of a difference, by the files that kubectl compares: `…/LIVE-1/apps.v1.Deployment.shop.api`, without a group for core objects. */
export function objectsIn(difference: string): string[] {
  if (difference === '') return [];
  const files = [...difference.matchAll(/^diff .*\/LIVE-[^/]+\/(\S+) /gm)].map(([, file]) => file!);
  const named = files.flatMap((file) => {
    const [, kind, name] = /(?:^|\.)v\d\w*\.(\w+)\.[^.]*\.(.+)$/.exec(file) ?? [];
    return kind && name ? [`${kind} ${name}`] : [];
  });
  return named.length > 0 ? named : ['something that kubectl diff does not name'];
}
