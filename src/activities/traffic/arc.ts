import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { arcCluster, updateCall, updateStates, type ControlState } from './arc-cluster.ts';
import { change, failure, keepArgs, named, read, resolved, sentenceOf, until } from '../kit/index.ts';
import { refuseUnlessReady } from './readiness.ts';
import type { WholeMove } from './switch.ts';

/** How routing controls stand, and which endpoints of the cluster can be asked. */
export interface RoutingControls {
  states: { region: string; state: ControlState }[];
  /** Of the control that a gating rule wants on; null when there is none. */
  gate: ControlState | null;
  /** The endpoint that said so. */
  answeredBy: string;
  endpoints: { region: string; answers: boolean; detail: string }[];
}

/**
 * Routing controls of Application Recovery Controller: health checks that people turn, through five regional endpoints of which any one is
 * enough. The endpoints come from the environment, because the control plane that could list them may be away.
 */
export function arcActivities(environment: Environment) {
  const clusterOf = (dns: string) => {
    const { traffic } = named(environment.dns, dns, 'dns entry');
    if (traffic.by !== 'arc-routing-control')
      throw failure(Failure.InvalidInput, `${dns} is moved by ${traffic.by}, not by routing controls`);
    const controls = Object.fromEntries(Object.entries(traffic.controls).map(([region, arn]) => [region, resolved(arn)]));
    return {
      cluster: arcCluster(environment, traffic.cluster),
      controls,
      gate: traffic.gate === undefined ? undefined : resolved(traffic.gate),
    };
  };
  const readStates = async (dns: string) => {
    const { cluster, controls, gate } = clusterOf(dns);
    const { said, by } = await cluster.states([...Object.values(controls), ...(gate === undefined ? [] : [gate])]);
    const states = Object.entries(controls).map(([region, arn]) => ({ region, state: said[arn]! }));
    return { states, gate: gate === undefined ? null : said[gate]!, answeredBy: by };
  };
  const asWanted = (states: RoutingControls['states'], to: string) => states.every(({ region, state }) => state === wanted(region, to));
  const update = (dns: string, to: string) => {
    const { controls } = clusterOf(dns);
    named(controls, to, `routing control of ${dns} for the region`);
    return updateStates(Object.fromEntries(Object.entries(controls).map(([region, arn]) => [arn, wanted(region, to)])));
  };

  return {
    readRoutingControls: read(async ({ dns }: { dns: string }): Promise<RoutingControls> => {
      const { cluster, controls } = clusterOf(dns);
      const [now, endpoints] = await Promise.all([readStates(dns), cluster.answering(Object.values(controls)[0]!)]);
      return { ...now, endpoints };
    }),

    /** Turns the control of a region on and those of all others off, in one call. */
    setRoutingControls: change({
      look: async ({ dns, to }: WholeMove) => {
        const { states, gate, answeredBy } = await readStates(dns);
        return { so: asWanted(states, to), found: `${say(states)}, says ${answeredBy}`, gate };
      },
      predict: ({ dns, to }) => ({ calls: [{ call: updateCall, args: keepArgs(update(dns, to).input) }], result: { to } }),
      refuse: async ({ service, to }, { gate }) => {
        if (gate === 'Off')
          throw failure(
            Failure.RefusedBySafetyRule,
            `the gating control is off: a person must turn it on, Muster overrides no safety rule`,
          );
        await refuseUnlessReady(environment, service, to);
      },
      act: async ({ dns, to }): Promise<void> => {
        const { cluster } = clusterOf(dns);
        await cluster.set(update(dns, to)).catch((error: unknown) => {
          if ((error as Error).name !== 'ConflictException') throw error;
          throw failure(
            Failure.RefusedBySafetyRule,
            `a safety rule of the cluster refuses it, and Muster overrides none: ${sentenceOf(error)}`,
          );
        });
      },
      prove: async ({ dns, to }) => {
        await until(
          async () => {
            const { states, answeredBy } = await readStates(dns);
            return asWanted(states, to) ? { is: true } : { notYet: `${say(states)}, says ${answeredBy}` };
          },
          { within: 30_000, what: `the routing controls of ${dns} to send all traffic to ${to}` },
        );
        return { to };
      },
    }),
  };
}

const wanted = (region: string, to: string): ControlState => (region === to ? 'On' : 'Off');
const say = (states: RoutingControls['states']): string => states.map(({ region, state }) => `${region} ${state}`).join(', ');
