import assert from 'node:assert/strict';
import type { RunView } from '../../../src/workflows/messages.ts';
import { eventually } from '../../eventually.ts';
import { serviceEstate, type ServiceEstate } from '../../recovery/service-estate.ts';
import { buildMs } from '../kubernetes/build.ts';
import { digestOf, startCluster, type Cluster, type Deployment } from '../kubernetes/cluster.ts';
import type { PodFault } from '../kubernetes/faults.ts';
import { orSkip } from '../or-skip.ts';
import { endRuns } from './follow.ts';
import { startFront, type Front } from './kubernetes-front.ts';
import { ownEnvironment, type OwnService } from './own-environment.ts';

export const namespace = 'shop';
const shop = { namespace, deployment: 'shop' };
export const images = {
  usual: `shop:1.4.0@${digestOf('a')}`,
  bad: `shop:bad@${digestOf('b')}`,
};
export const usualLimits = { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '256Mi' } };

/** What the cluster itself says of the shop. */
export interface Seen {
  wanted: number;
  ready: number;
  /** Of the pods that are there, in all. */
  pods: number;
  images: string[];
  memory: string | undefined;
}

export interface KubernetesShop {
  cluster: Cluster;
  front: Front;
  estate: ServiceEstate;
  /** Asks the cluster. */
  seen(): Promise<Seen>;
  /** Another template rolled out at once, so that none of the former pods is left; `fault` is what ails its pods. */
  rollOut(fault: PodFault | null, more?: { image?: string; enoughMemory?: string }): Promise<void>;
  /** Breaks the pods that are there, and none that come after them. */
  breakPods(fault: PodFault, count?: number): Promise<string[]>;
  /** What customers meet. */
  meets(status: number): Promise<void>;
  /** Waits until the cluster says so. */
  sees(what: string, holds: (seen: Seen) => boolean): Promise<void>;
  /** Waits until the shop is as before but for what is named, by the cluster's own account, and serves. */
  well(but?: Partial<Seen>): Promise<void>;
  /** Names of the pods that are there, of the shop unless said. */
  pods(app?: string): Promise<string[]>;
  /** What Muster has changed in the cluster since this was asked. */
  since(): () => Promise<string[]>;
}

interface PodNames {
  items: {
    metadata: { name: string; deletionTimestamp?: string };
    spec: { containers: { image: string }[] };
    status: { conditions?: { type: string; status: string }[] };
  }[];
}

const mostMemory = '512MiB';

/**
 * Muster beside a real API server with one Deployment, `shop`, that is made anew before each test: three copies of 256 MiB. Brings it all up for
 * one test file, or skips its tests with a sentence; `prepare` says what the environment needs more, once the cluster is there.
 */
export function kubernetesShop(
  service: Partial<OwnService> & { nodes?: number } = {},
  prepare?: (rig: KubernetesShop) => Promise<Partial<OwnService>>,
): KubernetesShop {
  const rig = {} as KubernetesShop;
  const own = ownEnvironment('kubernetes');
  const clean: (() => unknown)[] = [() => own.remove()];
  const switchToken = 'MUSTER_RIG_SWITCH_TOKEN';

  before(async function () {
    this.timeout(buildMs);
    rig.cluster = await orSkip(this, () => startCluster({ nodes: service.nodes ?? 2 }));
    clean.push(() => rig.cluster.stop());
    clean.push(rig.cluster.use());
    await rig.cluster.namespace(namespace);
    process.env[switchToken] = 'only-for-this-test';
    clean.push(() => delete process.env[switchToken]);
    rig.front = await startFront(rig.cluster, namespace, 'shop', process.env[switchToken]);
    clean.push(() => rig.front.stop());
    const { care, more, nodes: _, ...rest } = { ...service, ...(await prepare?.(rig)) };
    own.write({
      place: { kubernetes: { context: rig.cluster.context, namespace, deployment: 'shop' } },
      url: rig.front.url,
      care: { watchFor: '2s', mostMemory, mostInstances: 5, ...care },
      more: {
        rollback: { causeWithin: '30m', bakeFor: '2s' },
        mitigations: { 'rate-limit': { by: 'http', url: `${rig.front.url}/switches/rate-limit`, token: `env:${switchToken}` } },
        ...more,
      },
      ...rest,
    });
  });
  rig.estate = serviceEstate({ range: false, environment: own.file, tokens: own.tokens });
  after(async function () {
    this.timeout(60_000);
    for (const step of clean.reverse()) await step();
  });

  beforeEach(async () => {
    const { cluster, front } = rig;
    await endRuns(rig.estate);
    Object.assign(front, { load: 1, limit: null, slow: null, needs: null });
    await cluster.kubectl([
      'delete',
      'deployments,services,networkpolicies,poddisruptionbudgets',
      '--all',
      '-n',
      namespace,
      '--wait=false',
    ]);
    await eventually(
      'no pod of a former test',
      () => rig.pods(),
      (names) => names.length === 0,
    );
    await cluster.deploy(shopAs({}));
    await cluster.ready(namespace, 'shop');
    await rig.meets(200);
  });

  const podsNow = async (app = 'shop') =>
    (await rig.cluster.ask<PodNames>(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`)).items.filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
  rig.pods = async (app) => (await podsNow(app)).map(({ metadata }) => metadata.name);
  rig.seen = async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/shop`;
    const [{ spec }, pods] = await Promise.all([
      rig.cluster.ask<{
        spec: { replicas: number; template: { spec: { containers: { image: string; resources: { limits?: { memory?: string } } }[] } } };
      }>(path),
      podsNow(),
    ]);
    return {
      wanted: spec.replicas,
      ready: pods.filter(({ status }) => status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')).length,
      pods: pods.length,
      images: [...new Set(pods.map((pod) => pod.spec.containers[0]!.image))],
      memory: spec.template.spec.containers[0]!.resources.limits?.memory,
    };
  };
  rig.rollOut = async (fault, more) => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%', maxSurge: 0 } };
    await rig.cluster.kubectl(['patch', 'deployment', 'shop', '-n', namespace, '-p', JSON.stringify({ spec: { strategy } })]);
    await rig.cluster.fault(shop, fault, more);
  };
  rig.breakPods = async (fault, count = Infinity) => {
    const names = (await rig.pods()).slice(0, count);
    for (const pod of names) await rig.cluster.fault({ namespace, pod }, fault);
    return names;
  };
  rig.meets = async (status) =>
    void (await eventually(
      `customers to meet ${status}`,
      () => rig.front.status(),
      (met) => met === status,
    ));
  rig.sees = async (what, holds) => void (await eventually(what, rig.seen, holds, 30_000));
  rig.well = async (but = {}) => {
    const wanted = JSON.stringify({ ...asBefore, ...but });
    await rig.sees(`the shop to be ${wanted}`, (now) => JSON.stringify(now) === wanted);
    assert.equal(await rig.front.status(), 200);
  };
  rig.since = () => {
    const before = new Date();
    return () => rig.cluster.changes(before);
  };
  return rig;
}

const shopAs = (more: Partial<Deployment>): Deployment => ({
  ...{ namespace, name: 'shop', image: images.usual, replicas: 3, resources: usualLimits },
  ...more,
});

/** As it was before: three copies of the usual release with the usual memory, all ready. */
export const asBefore: Seen = { wanted: 3, ready: 3, pods: 3, images: [images.usual], memory: '256Mi' };

/** Fails with everything that a run did unless it ended so. */
export function endedAs(view: RunView, state: RunView['state']): void {
  const steps = view.steps.map(({ kind, title, state: is, outcome, failure }) => [kind, title, is, outcome, failure?.message].join(' | '));
  assert.equal(view.state, state, `${view.status}\n${steps.join('\n')}`);
}
