import { targetOf, type ClusterPlan } from '../plans/cluster-plan.ts';
import { leasesOf as leasesOfMove, type DatabasePlan, type PrimaryMove, type RegionMove, type ReplicaPromotion } from '../plans/plan.ts';
import { databaseLease } from '../plans/restore-plan.ts';
import { leasesOf as leasesOfRollBack, type RollBack } from '../plans/rollback-plan.ts';
import type { SnapshotRestore } from '../plans/snapshot-plan.ts';
import { moveChecks, regionChecks } from '../procedures/region/preflight.ts';
import { credentialsWork, oldPrimaryIsThere, standbyDatabaseIsUsable } from '../procedures/region/checks.ts';
import type { RunbookName } from '../runbook-names.ts';
import { clusterCanMove, clusterCredentialsWork, clusterNotNow } from './cluster-checks.ts';
import {
  backupIsYoung,
  backupsAreKept,
  instanceFits,
  lagIsWithinRpo,
  snapshotCanBeRestored,
  standbyIsAlike,
  timeCanBeRestored,
} from './database-checks.ts';
import type { Finding } from './finding.ts';
import { writerIsElsewhere } from './home.ts';
import { approversAreEnough, peopleCanBeReached, programsAreThere } from './people-checks.ts';
import { deliveryAnswers, leasesAreFree, nothingIsLeft, proofsHold, releaseCanGoBack } from './service-checks.ts';
import type { ReadinessTimes, WatchedPlan, WatchList } from './watch-list.ts';

/** A look by its name; the resource is named when nothing can be seen of it. */
export type Check = readonly [name: string, resource: string, look: () => Promise<Finding[]> | Finding[]];

/** What is looked at for one plan. */
export interface Checks {
  checks: readonly Check[];
  /** Answers why nobody would start it now, if nobody would. */
  notNow?: () => Promise<string | undefined>;
}

/** Everything that a plan needs: what its own run checks at its start, and what would be found missing only later. */
export function checksOf(watched: WatchedPlan, list: WatchList, proofs: Proofs): Checks {
  const own = ofRunbook[watched.runbook]?.(watched.plan, list.times) ?? { checks: [] };
  const common: Check[] = [
    ['approvers', 'approvers', () => approversAreEnough(list)],
    ['reach', 'Slack', () => peopleCanBeReached(list)],
    ['programs', watched.programs.join(', '), () => programsAreThere(watched.programs)],
  ];
  const { service } = (watched.plan ?? {}) as { service?: string };
  const known = service === undefined ? undefined : list.services?.[service];
  const proof = (): Check[] => [['proof', service!, () => onceFor(proofs, service!, () => proofsHold(service!, known!.unproven))]];
  return { ...own, checks: [...own.checks, ...(known ? proof() : []), ...common] };
}

/** What was seen of each service in one look: several plans ask the same. */
export type Proofs = Map<string, Promise<Finding[]>>;

function onceFor(proofs: Proofs, service: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  const seen = proofs.get(service) ?? look();
  proofs.set(service, seen);
  return seen;
}

const free = (leases: readonly string[]): Check => ['leases', leases.join(', '), () => leasesAreFree(leases)];
const clean = (service: string, regions: readonly string[]): Check => [
  'left-behind',
  `what is in force on ${service}`,
  () => nothingIsLeft(service, regions),
];
const ofMove = (move: RegionMove): Check[] => [free(leasesOfMove(move)), clean(move.service, [move.to])];

const ofReplica = (move: PrimaryMove): Check[] => [
  ['replica-lag', `${move.database} in ${move.to}`, () => lagIsWithinRpo(move)],
  ['parity', `settings of ${move.database} in ${move.to}`, () => standbyIsAlike(move)],
  ['backups', `backups of ${move.database} in ${move.from}`, () => backupsAreKept(move)],
];

const moving = (plan: unknown): Checks => {
  const move = plan as RegionMove;
  return {
    notNow: () => writerIsElsewhere(move),
    checks: [
      ...moveChecks.map(([name, resource, check]): Check => [name, resource(move), () => check(move)]),
      ...ofReplica(move),
      ...ofMove(move),
    ],
  };
};

const restoringSnapshot = (plan: unknown, { backupAgeMs }: ReadinessTimes): Checks => {
  const move = plan as SnapshotRestore;
  return {
    notNow: () => writerIsElsewhere(move),
    checks: [
      ...regionChecks.map(([name, resource, check]): Check => [name, resource(move), () => check(move)]),
      ['snapshot', `snapshots of ${move.database} in ${move.to}`, () => snapshotCanBeRestored(move, backupAgeMs)],
      ...ofMove(move),
    ],
  };
};

const restoringTime = (plan: unknown, { restorableMs }: ReadinessTimes): Checks => {
  const { database, region, otherRegions, service } = plan as DatabasePlan;
  return {
    notNow: () => writerIsElsewhere({ database, from: region, to: otherRegions[0] }),
    checks: [
      ['credentials', `credentials in ${region}`, () => credentialsWork({ to: region })],
      ['restorable-window', `${database} in ${region}`, () => timeCanBeRestored({ database, region }, restorableMs)],
      ['restored-instance', `quota of RDS in ${region}`, () => instanceFits({ database, region })],
      free(databaseLease(plan as DatabasePlan)),
      clean(service, []),
    ],
  };
};

const promoting = (plan: unknown): Checks => {
  const move = plan as ReplicaPromotion;
  const { database, from, to } = move;
  return {
    notNow: () => writerIsElsewhere(move),
    checks: [
      ['standby-database', `${database} in ${to}`, () => standbyDatabaseIsUsable(move)],
      ['old-primary', `${database} in ${from}`, () => oldPrimaryIsThere(move)],
      ['credentials', `credentials in ${to}`, () => credentialsWork(move)],
      ...ofReplica(move),
      free([`database/${database}`]),
    ],
  };
};

const restoringBackup = (plan: unknown, { backupAgeMs }: ReadinessTimes): Checks => {
  const { database, region, otherRegions } = plan as DatabasePlan;
  return {
    notNow: () => writerIsElsewhere({ database, from: region, to: otherRegions[0] }),
    checks: [['backup', `backups of ${database}`, () => backupIsYoung(database, backupAgeMs)], free([`database/${database}`])],
  };
};

const movingCluster = (plan: unknown): Checks => {
  const move = plan as ClusterPlan;
  return {
    notNow: () => clusterNotNow(move),
    checks: [
      ['cluster', move.cluster, () => clusterCanMove(move)],
      ['credentials', `credentials where ${targetOf(move)} is`, () => clusterCredentialsWork(move)],
      free([`cluster/${move.cluster}`]),
    ],
  };
};

const rollingBack = (plan: unknown): Checks => {
  const back = plan as RollBack;
  return {
    checks: [
      ['release', `releases of ${back.service} in ${back.region}`, () => releaseCanGoBack(back)],
      ['delivery', `deliveries of ${back.service} to ${back.region}`, () => deliveryAnswers(back)],
      free(leasesOfRollBack(back)),
      clean(back.service, [back.region]),
    ],
  };
};

/** Of all others only what every plan needs is looked at. */
const ofRunbook: Partial<Record<RunbookName, (plan: unknown, times: ReadinessTimes) => Checks>> = {
  'fail-over-region': moving,
  'fail-back-region': moving,
  'promote-read-replica': promoting,
  'restore-from-backup': restoringBackup,
  'restore-from-snapshot': restoringSnapshot,
  'restore-database-to-point-in-time': restoringTime,
  'fail-over-database-cluster': movingCluster,
  'roll-back-deployment': rollingBack,
};
