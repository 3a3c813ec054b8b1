import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { arrivesIn, type Arrival } from './arrivals.ts';
import { change, failure, named, proof, read, sentenceOf, until } from '../kit/index.ts';
import { predictedPut, putSwitch, readSwitches, saySwitches, type HttpSwitch, type SwitchReading } from './http-switch.ts';
import { refuseUnlessReady } from './readiness.ts';

export type { SwitchReading } from './http-switch.ts';

/** All traffic of a service shall go to one region. */
export interface WholeMove extends Arrival {
  to: string;
  /** Also the switches of regions that are away must be off; otherwise a switch that does not answer counts as gone. */
  everyone?: boolean;
}

const provenWithin = 30_000;
const arrivesWithin = 150_000;
const inARow = 5;

/**
 * Records with health checks were made before the incident; the health checkers of Route 53 watch, inverted, a small switch in the standby's
 * region. Only that switch is touched: no call to Route 53, whose control plane is in us-east-1, stands in the way of the recovery.
 */
export function trafficSwitchActivities(environment: Environment) {
  const switchesOf = (dns: string): Record<string, HttpSwitch> => {
    const { traffic } = named(environment.dns, dns, 'dns entry');
    if (traffic.by === 'route53-health-check') return traffic.switches;
    throw failure(Failure.InvalidInput, `${dns} is moved by ${traffic.by}, not by switches`);
  };
  const readAll = (dns: string) => readSwitches(switchesOf(dns));

  return {
    readTrafficSwitches: read(({ dns }: { dns: string }): Promise<SwitchReading[]> => readAll(dns)),

    /** Turns the switch of a region on and those of all others off: it takes the traffic over, as a whole. */
    turnTrafficSwitches: change({
      look: async ({ dns, to, everyone = false }: WholeMove) => {
        const readings = await readAll(dns);
        const wrong = readings.filter(({ region, on }) => on !== (region === to) && (on !== null || region === to || everyone));
        return { so: wrong.length === 0, found: `switches: ${saySwitches(readings)}`, wrong };
      },
      predict: ({ dns, to }, { wrong }) => ({
        calls: wrong.map(({ region }) => predictedPut(named(switchesOf(dns), region, 'switch in'), region === to)),
        result: { to },
      }),
      refuse: ({ service, to }) => refuseUnlessReady(environment, service, to),
      act: async ({ dns, to }, { wrong }): Promise<void> => {
        for (const { region } of wrong) await putSwitch(named(switchesOf(dns), region, 'switch in'), region === to);
      },
      prove: async ({ dns, to, everyone = false }) => {
        await until(
          async () => {
            const readings = await readAll(dns);
            const wrong = readings.some(({ region, on }) => on !== (region === to) && (on !== null || region === to || everyone));
            return wrong ? { notYet: saySwitches(readings) } : { is: true };
          },
          { within: provenWithin, what: `the switches of ${dns} to send all traffic to ${to}` },
        );
        return { to };
      },
    }),

    /** Resolves when customers come to a region, several times in a row: whatever moved them has reached the name. */
    awaitArrivals: proof(async ({ service, dns, region }: Arrival & { region: string }): Promise<{ region: string }> => {
      let seen = 0;
      return until(
        async () => {
          const now = await arrivesIn(environment, { service, dns }).catch((error: unknown) => {
            seen = 0;
            throw failure(Failure.Transient, sentenceOf(error));
          });
          seen = now === region ? seen + 1 : 0;
          return seen >= inARow ? { is: { region } } : { notYet: `customers come to ${now ?? 'a region that cannot be told'}` };
        },
        { within: arrivesWithin, every: 500, what: `customers of ${service} to come to ${region}` },
      );
    }),
  };
}
