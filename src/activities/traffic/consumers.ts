import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { change, failure, named, read, until } from '../kit/index.ts';
import { predictedPut, putSwitch, readSwitches, saySwitches, type SwitchReading } from './http-switch.ts';

export interface ConsumersWish {
  service: string;
  region: string;
  on: boolean;
  /** Regions whose consumers the run recorded as out of reach; all others must answer that theirs are off. */
  apart?: readonly string[];
}

/** Cron, queue workers and the like: work in the background that must be done in one region at a time. */
export function consumerActivities(environment: Environment) {
  const switchesOf = (service: string) => {
    const { consumers } = named(environment.services, service, 'service');
    if (consumers) return consumers;
    throw failure(Failure.InvalidInput, `${service} has no consumers in the environment`);
  };
  const readAll = (service: string) => readSwitches(switchesOf(service));
  const ownOf = ({ service, region }: ConsumersWish) => named(switchesOf(service), region, `consumers of ${service} in the region`);
  const asWanted = (readings: readonly SwitchReading[], wish: ConsumersWish) =>
    readings.some(({ region, on }) => region === wish.region && on === wish.on) && (!wish.on || twice(readings, wish).length === 0);

  return {
    readConsumers: read(({ service }: { service: string }): Promise<SwitchReading[]> => readAll(service)),

    /** Turns a region's consumers on or off. They are turned on only when it is read that no other region's are on. */
    turnConsumers: change({
      look: async (wish: ConsumersWish) => {
        const readings = await readAll(wish.service);
        return { so: asWanted(readings, wish), found: `consumers: ${saySwitches(readings)}`, readings };
      },
      predict: (wish) => ({ calls: [predictedPut(ownOf(wish), wish.on)], result: { region: wish.region, on: wish.on } }),
      refuse: (wish, { readings }) => {
        const others = wish.on ? twice(readings, wish) : [];
        if (others.length > 0)
          throw failure(Failure.RefusedBySafetyRule, `the same work would be done twice: consumers ${saySwitches(others)}`);
      },
      act: (wish) => putSwitch(ownOf(wish), wish.on),
      prove: async (wish) => {
        await until(
          async () => {
            const readings = await readAll(wish.service);
            return asWanted(readings, wish) ? { is: true } : { notYet: saySwitches(readings) };
          },
          { within: 30_000, what: `consumers of ${wish.service} to be ${wish.on ? 'on' : 'off'} in ${wish.region}` },
        );
        return { region: wish.region, on: wish.on };
      },
    }),
  };
}

/** Other regions whose consumers are on, or may be and were not recorded as out of reach. */
function twice(readings: readonly SwitchReading[], { region: own, apart = [] }: ConsumersWish): SwitchReading[] {
  return readings.filter(({ region, on }) => region !== own && (on === true || (on === null && !apart.includes(region))));
}
