import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, createAws } from '../aws/index.ts';
import { change, failure, named, observed, pauseFor, proof, read } from '../kit/index.ts';
import { databaseRecordActivities } from './database-record.ts';
import { refuseFailingTargets } from './health-checks.ts';
import { readiness } from './readiness.ts';
import { readRecords, send, untilInSync, upsert, type RecordSets } from './record-sets.ts';

export type { DatabaseRecord } from './database-record.ts';

/** Where one region's share of the traffic goes. */
export interface TrafficRecord {
  region: string;
  /** Set identifier. */
  set: string;
  /** Share of 100; with failover records 100 is the primary and 0 the secondary. */
  weight: number;
  value: string;
  /** Seconds. */
  ttl: number;
}

export interface TrafficShift {
  dns: string;
  /** 0 to 100 by region; regions left out keep theirs. */
  weights: Readonly<Record<string, number>>;
}

/**
 * Records that were made before the incident, and only have their weights or roles changed: nothing is created or deleted, so that the name
 * always has an answer. Route 53's control plane is in us-east-1; when it is down this does not work, and says so.
 */
export function route53Activities(environment: Environment, aws: Aws = createAws(environment)) {
  const readTraffic = async (dns: string) => {
    const records = await readRecords(aws, named(environment.dns, dns, 'dns entry'));
    return { records, traffic: trafficOf(environment, dns, records) };
  };

  return {
    ...databaseRecordActivities(environment, aws),

    readRecordSets: read(async ({ dns }: { dns: string }): Promise<TrafficRecord[]> => (await readTraffic(dns)).traffic),

    /** Clients keep an answer for its TTL; until that has passed some still go the old way. */
    awaitOldAnswers: proof(async ({ dns }: { dns: string }): Promise<{ waitedMs: number }> => {
      const { traffic } = await readTraffic(dns);
      const waitedMs = 1_000 * Math.max(0, ...traffic.map(({ ttl }) => ttl));
      await observed({ tool: 'aws', call: 'wait for the TTL to pass', args: { dns, waitedMs }, kind: 'read' }, () => pauseFor(waitedMs));
      return { waitedMs };
    }),

    /** Changes all weights in one batch and waits until every server of Route 53 has it. */
    shiftTraffic: change({
      look: async ({ dns, weights }: TrafficShift) => {
        const { records, traffic } = await readTraffic(dns);
        const wanted = wantedWeights(environment, { dns, weights }, traffic);
        const so = traffic.every(({ region, weight }) => weight === wanted[region]);
        return { so, found: `${dns}: ${say(traffic)}`, records, wanted };
      },
      predict: (asked, { records, wanted }) => ({
        calls: [aws.predicted('route53', 'global', shift(environment, asked.dns, records, wanted))],
        result: { weights: wanted },
      }),
      refuse: async ({ dns }, { records, wanted }) => {
        await refuseWithoutAnswer(environment, dns, wanted);
        const { sets } = named(environment.dns, dns, 'dns entry');
        const served = Object.keys(wanted).filter((region) => wanted[region]! > 0);
        await refuseFailingTargets(
          aws,
          records.sets.filter(({ SetIdentifier }) => served.some((region) => sets[region] === SetIdentifier)),
        );
      },
      act: ({ dns }, { records, wanted }) => send(aws, shift(environment, dns, records, wanted)),
      prove: async ({ dns }, { wanted }, changeId) => {
        if (changeId !== undefined) await untilInSync(aws, changeId);
        const { traffic } = await readTraffic(dns);
        const wrong = traffic.some(({ region, weight }) => weight !== wanted[region]);
        if (wrong) throw failure(Failure.Permanent, `somebody else changed ${dns} meanwhile: it is ${say(traffic)}`);
        return { weights: wanted };
      },
    }),
  };
}

function trafficOf(environment: Environment, dns: string, { sets }: RecordSets): TrafficRecord[] {
  const entry = named(environment.dns, dns, 'dns entry');
  return Object.entries(entry.sets).flatMap(([region, identifier]) => {
    const set = sets.find(({ SetIdentifier }) => SetIdentifier === identifier);
    if (!set) return [];
    const weight = entry.strategy === 'failover' ? (set.Failover === 'PRIMARY' ? 100 : 0) : (set.Weight ?? 0);
    const value = set.AliasTarget?.DNSName ?? set.ResourceRecords?.[0]?.Value ?? '';
    // An alias has the TTL of its target, which for load balancers is 60 s.
    return [{ region, set: identifier, weight, value, ttl: set.TTL ?? 60 }];
  });
}

/** Every region's weight after the shift. Refuses what would leave the name without an answer, or what the records cannot say. */
function wantedWeights(
  environment: Environment,
  { dns, weights }: TrafficShift,
  traffic: readonly TrafficRecord[],
): Record<string, number> {
  const entry = named(environment.dns, dns, 'dns entry');
  for (const [region, weight] of Object.entries(weights)) {
    named(entry.sets, region, `record of ${dns} for the region`);
    if (!Number.isInteger(weight) || weight < 0 || weight > 100)
      throw failure(Failure.InvalidInput, `the weight of ${region} must be 0 to 100, not ${weight}`);
    if (!traffic.some((record) => record.region === region))
      throw failure(Failure.Permanent, `Route 53 has no record ${entry.sets[region]} of ${entry.name}`);
  }
  const wanted = Object.fromEntries(traffic.map(({ region, weight }) => [region, weights[region] ?? weight]));
  const shares = Object.values(wanted);
  if (shares.every((share) => share === 0))
    throw failure(Failure.RefusedBySafetyRule, `all weights of ${dns} would be 0: nobody would get an answer`);
  if (
    entry.strategy === 'failover' &&
    (shares.filter((share) => share === 100).length !== 1 || shares.some((share) => share % 100 !== 0))
  ) {
    throw failure(Failure.InvalidInput, `${dns} has failover records, which cannot split traffic: one region must have 100, the others 0`);
  }
  return wanted;
}

function shift(environment: Environment, dns: string, { zoneId, sets }: RecordSets, wanted: Readonly<Record<string, number>>) {
  const entry = named(environment.dns, dns, 'dns entry');
  const changed = Object.entries(wanted).flatMap(([region, weight]): ResourceRecordSet[] => {
    const set = sets.find(({ SetIdentifier }) => SetIdentifier === entry.sets[region]);
    if (!set) return [];
    return [entry.strategy === 'failover' ? { ...set, Failover: weight === 100 ? 'PRIMARY' : 'SECONDARY' } : { ...set, Weight: weight }];
  });
  return upsert(zoneId, changed);
}

/** Traffic goes only where at least one region answers that it is ready. */
async function refuseWithoutAnswer(environment: Environment, dns: string, wanted: Readonly<Record<string, number>>): Promise<void> {
  const served = Object.keys(wanted).filter((region) => wanted[region]! > 0);
  for (const [name] of Object.entries(environment.services).filter(([, { dns: used }]) => used === dns)) {
    const seen = await Promise.all(served.map((region) => readiness(environment, name, region)));
    if (!seen.includes('ready')) {
      const details = served.map((region, index) => `${region}: ${seen[index]}`).join('; ');
      throw failure(Failure.RefusedBySafetyRule, `no region that would get traffic of ${name} is ready (${details})`);
    }
  }
}

const say = (traffic: readonly TrafficRecord[]): string => traffic.map(({ region, weight }) => `${region} ${weight}`).join(', ');
