import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, currentStep, deploymentOf, failure, read, until } from '../kit/index.ts';
import { readWorkload } from './owned.ts';
import { policiesOn, readPolicies, type PolicyReading } from './policies.ts';
import { isReady, podList } from './pod-objects.ts';
import {
  formerKey,
  isolatedKey,
  isSelector,
  mismatchesOf,
  readEndpoints,
  readServiceObject,
  saySelector,
  type Service,
} from './endpoints.ts';
import { kubectl, kubectlJson, objectName, predictedKubectl, type Kubectl } from './kubectl.ts';

export type { PolicyReading } from './policies.ts';

type Selector = Record<string, string>;
type Named = ServiceRegion & { name?: string };
type Isolated = Named & { selector: Selector };
type Restored = Named & { former: Selector };

/** What a Service sends to whom. */
export interface ServiceReading {
  name: string;
  selector: Selector;
  /** Where it pointed before it was isolated; null when it is not. */
  former: Selector | null;
  ports: { name: string; port: number; targetPort: number | string; protocol: string }[];
  /** How many get its requests, and how many would if they were ready. */
  ready: number;
  notReady: number;
  /** Names of those that get its requests, at most 20. */
  pods: string[];
  /** Why it does not reach the pods of the Deployment; empty when it does. */
  mismatches: string[];
}

const patience = 60_000;
const mostNames = 20;

/** Services and network policies: who reaches whom, and a Service that is taken away for a while with the way back kept on it. */
export function kubernetesServiceActivities(environment: Environment) {
  const at = (where: ServiceRegion) => deploymentOf(environment, where);
  const nameOf = ({ name, ...where }: Named) => objectName(name ?? at(where).serviceName ?? at(where).deployment);
  const fetch = (asked: Named) => readServiceObject(at(asked), nameOf(asked));
  const isolation = (): Selector => ({ [isolatedKey]: currentStep().operationId });
  const isAt = ({ spec }: Service, selector: Selector) => saySelector(spec.selector) === saySelector(selector);
  const labels = (selector: Selector): Selector => {
    if (isSelector(selector)) return selector;
    throw failure(Failure.InvalidInput, `${JSON.stringify(selector)} is no selector of a Service`);
  };

  /** One patch for both, and only while the Service points where people saw it point. */
  const point = (asked: Named, { spec, metadata }: Service, to: Selector, kept: Selector | null): Kubectl => {
    const path = `/metadata/annotations/${formerKey.replace('/', '~1')}`;
    const text = JSON.stringify(kept);
    const keep = metadata.annotations
      ? { op: 'add', path, value: text }
      : { op: 'add', path: '/metadata/annotations', value: { [formerKey]: text } };
    const note = kept !== null ? [keep] : metadata.annotations?.[formerKey] === undefined ? [] : [{ op: 'remove', path }];
    const patch = [
      { op: 'test', path: '/spec/selector', value: spec.selector ?? null },
      { op: spec.selector ? 'replace' : 'add', path: '/spec/selector', value: to },
      ...note,
    ];
    return { kind: 'change', args: ['patch', 'service', nameOf(asked), '--type=json', '-p', JSON.stringify(patch)] };
  };
  const isolate = (asked: Isolated, seen: Service) => point(asked, seen, isolation(), asked.selector);
  const restore = (asked: Restored, seen: Service) => point(asked, seen, asked.former, null);

  const readyPods = async (asked: Named, selector: Selector): Promise<number> => {
    const args = ['get', 'pods', '-l', { value: saySelector(selector) }];
    return (await kubectlJson(at(asked), podList, { kind: 'read', args })).items.filter(isReady).length;
  };

  return {
    /** Where a Service points, who gets its requests, and why it does not reach the Deployment's pods. */
    readService: read(async (asked: Named): Promise<ServiceReading> => {
      const name = nameOf(asked);
      const [seen, endpoints, wanted] = await Promise.all([fetch(asked), readEndpoints(at(asked), name), readWorkload(environment, asked)]);
      return {
        ...{ name, selector: seen.spec.selector ?? {}, former: formerOf(seen) },
        ports: seen.spec.ports.map(({ port, targetPort = port, ...rest }) => ({ ...rest, port, targetPort })),
        ...{ ready: endpoints.ready.length, notReady: endpoints.notReady.length, pods: endpoints.ready.slice(0, mostNames) },
        mismatches: mismatchesOf(seen, wanted),
      };
    }),

    /** Points a Service at nothing, and keeps on it where it pointed. Source: pynomaly-kubernetes "Isolate problematic database". */
    isolateService: change({
      look: async (asked: Isolated) => {
        labels(asked.selector);
        const seen = await fetch(asked);
        return { so: isAt(seen, isolation()), found: `the service ${nameOf(asked)} looks for ${saySelector(seen.spec.selector)}`, seen };
      },
      predict: (asked, { seen }) => ({ calls: [predictedKubectl(at(asked), isolate(asked, seen))], result: { former: asked.selector } }),
      refuse: (asked, { seen }) => {
        if (seen.spec.selector?.[isolatedKey] !== undefined)
          throw failure(Failure.RefusedBySafetyRule, `the service ${nameOf(asked)} is isolated by somebody else already`);
        if (!isAt(seen, asked.selector))
          throw failure(
            Failure.RefusedBySafetyRule,
            `the service ${nameOf(asked)} looks for ${saySelector(seen.spec.selector)}, not for ${saySelector(asked.selector)} as was seen before`,
          );
      },
      act: async (asked, { seen }) => void (await kubectl(at(asked), isolate(asked, seen))),
      prove: (asked) =>
        until(
          async () => {
            const { ready } = await readEndpoints(at(asked), nameOf(asked));
            return ready.length === 0 ? { is: { former: asked.selector } } : { notYet: `${ready.length} pods still get requests` };
          },
          { within: patience, what: `the service ${nameOf(asked)} to send requests to nobody` },
        ),
    }),

    /** Points an isolated Service where it pointed before. */
    restoreServiceSelector: change({
      look: async (asked: Restored) => {
        labels(asked.former);
        const seen = await fetch(asked);
        const so = isAt(seen, asked.former) && seen.metadata.annotations?.[formerKey] === undefined;
        return { so, found: `the service ${nameOf(asked)} looks for ${saySelector(seen.spec.selector)}`, seen };
      },
      // It was isolated by a step before, which simulate did not do.
      predictAnyway: true,
      predict: (asked, { seen }) => ({ calls: [predictedKubectl(at(asked), restore(asked, seen))], result: { ready: 0 } }),
      refuse: (asked, { seen }) => {
        if (seen.spec.selector?.[isolatedKey] === undefined && !isAt(seen, asked.former))
          throw failure(
            Failure.RefusedBySafetyRule,
            `somebody pointed the service ${nameOf(asked)} at ${saySelector(seen.spec.selector)} since`,
          );
      },
      act: async (asked, { seen }) => void (await kubectl(at(asked), restore(asked, seen))),
      prove: (asked) =>
        until(
          async () => {
            const [{ ready }, can] = await Promise.all([readEndpoints(at(asked), nameOf(asked)), readyPods(asked, asked.former)]);
            const done = isAt(await fetch(asked), asked.former) && (ready.length > 0 || can === 0);
            return done ? { is: { ready: ready.length } } : { notYet: `${ready.length} of ${can} ready pods get requests` };
          },
          { within: patience, what: `the service ${nameOf(asked)} to send requests to ${saySelector(asked.former)}` },
        ),
    }),

    /** Whether a policy keeps the pods from being asked, from asking DNS, or from the ports named. Source: pynomaly-kubernetes "Scenario 4". */
    networkPolicies: read(async ({ ports = [], ...where }: ServiceRegion & { ports?: number[] }): Promise<PolicyReading> => {
      const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
      if (wrong !== undefined) throw failure(Failure.InvalidInput, `${wrong} is no port`);
      const [policies, wanted] = await Promise.all([readPolicies(at(where)), readWorkload(environment, where)]);
      return policiesOn(wanted, policies, ports);
    }),
  };
}

function formerOf({ metadata }: Service): Selector | null {
  const text = metadata.annotations?.[formerKey];
  try {
    const kept: unknown = text === undefined ? null : JSON.parse(text);
    return typeof kept === 'object' && kept !== null && isSelector(kept as Selector) ? (kept as Selector) : null;
  } catch {
    return null;
  }
}
