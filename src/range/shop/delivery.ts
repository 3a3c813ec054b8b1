import express from 'express';
import { z } from 'zod';
import type { RegionName } from '../contract.ts';
import type { Rollouts } from '../aws/rollouts.ts';
import { createListener } from '../net/listener.ts';
import { needsToken, newToken } from '../net/token.ts';
import { releases, type Release } from './releases.ts';

/** A small delivery robot, as GitOps has them: what is wanted is brought back whenever something else runs, unless it is paused. */
export interface Delivery {
  /** GET and PUT { paused }, with the token; `{region}` is to be replaced. */
  readonly url: string;
  readonly token: string;
  /** What the repository says from now on. */
  want(region: RegionName, release: Release): void;
  open(): Promise<void>;
  close(): Promise<void>;
}

const lookEveryMs = 500;
const regionSchema = z.enum(['east', 'west']);

/** A robot that wants the usual release everywhere and looks at nothing before `start`. */
export async function createDelivery(rollouts: Rollouts, lost: (region: RegionName) => boolean): Promise<Delivery> {
  const token = newToken();
  const wanted: Record<RegionName, Release> = { east: releases.usual, west: releases.usual };
  const paused = new Set<RegionName>();
  let timer: NodeJS.Timeout | undefined;

  const bring = async (region: RegionName, release: Release) => {
    const group = `shop-${region}`;
    await rollouts.publish(region, release);
    if (rollouts.heading(group) !== rollouts.version(group)) rollouts.cancel(group);
    else rollouts.start(region, { group, template: group, version: release.version, all: false });
  };
  const look = async () => {
    for (const region of regionSchema.options) {
      if (paused.has(region) || lost(region) || rollouts.heading(`shop-${region}`) === wanted[region].version) continue;
      // What cannot be rolled out now is tried again at the next look.
      await bring(region, wanted[region]).catch(() => undefined);
    }
  };
  const state = (region: RegionName) => ({ region, paused: paused.has(region), wanted: wanted[region].name });

  const app = express().disable('x-powered-by');
  app.use(needsToken(token));
  app.get('/:region', (request, response) => void response.json(state(regionSchema.parse(request.params.region))));
  app.put('/:region', express.json({ limit: '10kb' }), (request, response) => {
    const region = regionSchema.parse(request.params.region);
    if (z.object({ paused: z.boolean() }).parse(request.body).paused) paused.add(region);
    else paused.delete(region);
    response.json(state(region));
  });

  const keepLooking = () => {
    timer = setTimeout(() => void look().then(() => timer && keepLooking()), lookEveryMs);
  };
  const listener = await createListener(app);
  return {
    url: `${listener.url}/{region}`,
    token,
    want: (region, release) => (wanted[region] = release),
    open: async () => {
      await listener.open();
      keepLooking();
    },
    close: async () => {
      clearTimeout(timer);
      timer = undefined;
      await listener.close();
    },
  };
}
