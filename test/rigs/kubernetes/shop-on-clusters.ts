import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { parse, stringify } from 'yaml';
import { releases } from '../../../src/range/shop/releases.ts';
import type { RangeControl } from '../../../src/cli/range-control.ts';
import type { Cluster } from './cluster.ts';
import { application, gitOpsKinds } from './gitops.ts';

export const regions = ['east', 'west'] as const;
export type Region = (typeof regions)[number];
export const namespace = 'shop';
const name = 'shop';
export const images = { usual: releases.usual.name, former: releases.former.name, bad: releases.bad.name };

export interface ShopFiles {
  /** The range's environment with the shop on Kubernetes. */
  environment: string;
  folder: string;
  /** What Git says of a region. */
  write(region: Region, image: string, settings?: Record<string, string>): void;
}

interface EnvironmentText {
  services: { shop: { regions: Record<Region, Record<string, unknown>>; delivery: object } };
}

/** The practice range's own environment, in which the shop of each region is a Deployment in that region's cluster. */
export function shopFiles(): ShopFiles {
  const folder = mkdtempSync(join(tmpdir(), 'muster-rig-shop-'));
  const environment = join(folder, 'environment.yaml');
  const text = parse(readFileSync('environments/range.yaml', 'utf8')) as EnvironmentText;
  const { shop } = text.services;
  for (const region of regions) {
    delete shop.regions[region]['autoScalingGroup'];
    delete shop.regions[region]['targetGroup'];
    const manifests = join(folder, region);
    mkdirSync(manifests);
    shop.regions[region]['kubernetes'] = { context: '{region}', namespace, deployment: name, autoscaler: name, manifests };
  }
  shop.delivery = { by: 'argocd', context: '{region}', namespace, application: 'shop-{region}' };
  writeFileSync(environment, stringify(text));
  return {
    ...{ environment, folder },
    write: (region, image, settings = { currency: 'EUR' }) => {
      const files = { 'shop.yaml': deployment(image), 'settings.yaml': configMap({ region, ...settings }) };
      for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, region, file), stringify(content));
      writeFileSync(join(folder, region, 'kustomization.yaml'), stringify({ namespace, resources: Object.keys(files) }));
    },
  };
}

/** Brings the shop of a region up as Git says, at a size. */
export async function bringShopUp(cluster: Cluster, region: Region, replicas: number, { folder }: ShopFiles): Promise<void> {
  await cluster.apply(...gitOpsKinds);
  await cluster.namespace(namespace);
  await cluster.kubectl(['apply', '-k', join(folder, region)]);
  await cluster.kubectl(['scale', `deployment/${name}`, '-n', namespace, `--replicas=${replicas}`]);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  await cluster.apply(application(namespace, `shop-${region}`), {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace } },
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 6 },
  });
  await cluster.ready(namespace, name);
}

// As one writes it beside an autoscaler: without a number of replicas.
const deployment = (image: string) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name, schema: '1' } },
      spec: { containers: [{ name, image, resources: { requests: { cpu: '100m', memory: '128Mi' } } }] },
    },
  },
});
const configMap = (data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });

interface Pods {
  items: { metadata: { deletionTimestamp?: string }; status: { containerStatuses?: { ready: boolean; imageID: string }[] } }[];
}

/**
 * The range's instances follow the pods, which run nothing themselves: as many of them serve the shop in a region as it has ready pods, and
 * orders there fail while one of these runs the bad release.
 */
export function followPods(clusters: Record<Region, Cluster>, range: RangeControl, variables: Record<string, string>) {
  const seen: Partial<Record<Region, string>> = {};
  let on = true;
  const follow = async (region: Region, aws: AutoScalingClient) => {
    const { items } = await clusters[region].json<Pods>(['get', 'pods', '-n', namespace, '-l', `app=${name}`, '--request-timeout=2s']);
    const images = items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap(({ status }) => (status.containerStatuses?.[0]?.ready ? [status.containerStatuses[0].imageID] : []));
    const bad = images.includes(releases.bad.name);
    const now = `${images.length} ${bad}`;
    if (now === seen[region]) return;
    const size = new SetDesiredCapacityCommand({ AutoScalingGroupName: `shop-${region}`, DesiredCapacity: Math.max(1, images.length) });
    await aws.send(size);
    if (bad) await range.break({ kind: 'bad-release', region });
    else if (seen[region]?.endsWith('true')) await range.heal({ kind: 'bad-release', region });
    seen[region] = now;
  };
  const loops = regions.map(async (region) => {
    const aws = new AutoScalingClient({
      endpoint: variables[`MUSTER_RANGE_AWS_${region.toUpperCase()}`]!,
      region: { east: 'us-east-2', west: 'us-west-2' }[region],
      credentials: { accessKeyId: 'practice', secretAccessKey: variables['MUSTER_RANGE_AWS_SECRET']! },
    });
    while (on) {
      // A cluster or a region that is lost answers nothing; the next look may.
      await follow(region, aws).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    aws.destroy();
  });
  return async () => {
    on = false;
    await Promise.all(loops);
  };
}
