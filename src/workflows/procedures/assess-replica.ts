import type { Fact } from '../messages.ts';
import { postgres, probes, rds } from '../tools.ts';
import { badFirst, lossOf, primaryOf } from './assess.ts';
import type { PrimaryMove } from './plan.ts';

/** Settings in which a smaller or other replica would be a worse primary. */
const mustAgree = ['parameter group', 'instance class', 'storage, GB'];

/** What people must know before a replica takes the primary's place while the service stays: what would be lost, and what it would be like. */
export async function assessReplica(move: PrimaryMove): Promise<Fact[]> {
  const groups = await Promise.all([writesOf(move), replicaOf(move), parityOf(move), customersOf(move)]);
  return badFirst(groups.flat());
}

/** While the primary answers, it is fenced and drained first, so that only a dead one costs what the replica lacks. */
async function writesOf(move: PrimaryMove): Promise<Fact[]> {
  const { database, from, planned } = move;
  const [[fence], instance] = await Promise.all([primaryOf(move), rds.describeDatabase({ database, region: from })]);
  const drains = planned || fence!.value === true;
  const says: Fact = {
    ...{ name: `old primary ${instance.instance}`, value: instance.reachable ? `${instance.role}, ${instance.status}` : null },
    ...{ source: `RDS in ${from}`, at: now(), informational: true },
  };
  return [fence!, says, ...(await lossOf({ ...move, planned: drains }))];
}

async function replicaOf({ database, to }: PrimaryMove): Promise<Fact[]> {
  const { instance, role, status } = await rds.describeDatabase({ database, region: to });
  const source = `RDS in ${to}`;
  return [
    { name: `standby database ${instance}`, value: role, source, at: now(), verdict: role === 'replica' ? 'good' : 'bad' },
    {
      ...{ name: `status of ${instance}`, value: status, source, at: now(), informational: true },
      // A backup ends by itself, and is waited for.
      verdict: status === 'available' ? 'good' : 'unknown',
    },
  ];
}

async function parityOf({ database, from, to }: PrimaryMove): Promise<Fact[]> {
  const parity = await rds.compareReplica({ database, from, to });
  return parity.map(({ setting, primary, replica }): Fact => {
    const known = primary !== null && replica !== null;
    const same = primary === replica;
    return {
      ...{ name: `${setting} of the replica`, value: replica, source: `RDS; the primary has ${primary ?? 'an unknown one'}`, at: now() },
      verdict: !known ? 'unknown' : same ? 'good' : mustAgree.includes(setting) ? 'bad' : 'unknown',
    };
  });
}

async function customersOf({ service, from, to }: PrimaryMove): Promise<Fact[]> {
  const seen = await probes.vantage({ service, region: from });
  const well = seen.filter(({ healthy }) => healthy === true).length;
  return [
    {
      ...{ name: `places that see ${service} in ${from} well`, value: well, unit: `of ${seen.length}`, source: 'vantage points' },
      ...{ at: now(), informational: true },
    },
    {
      ...{ name: 'where the database will be, seen from the service', value: `${to}; the service stays in ${from}` },
      ...{ source: 'the plan', at: now(), informational: true },
    },
  ];
}

/** Checks, without touching anything, that the replica can be promoted; fails with all that is wrong. */
export async function replicaProblems({ database, from, to, planned }: PrimaryMove): Promise<string[]> {
  const [replica, state, old] = await Promise.all([
    rds.describeDatabase({ database, region: to }),
    postgres.replicationState({ database, region: to }),
    postgres.replicationState({ database, region: from }),
  ]);
  if (replica.role !== 'replica') return [`${replica.instance} in ${to}: needed a replica, have ${replica.role}`];
  return [
    ...(state.reachable && state.inRecovery ? [] : [`${replica.instance} in ${to} does not answer as a standby`]),
    ...(planned && !old.reachable
      ? [`a planned promotion needs the primary in ${from}, which does not answer: start an unplanned one`]
      : []),
    ...(planned && old.inRecovery ? [`${database} in ${from} is not the primary`] : []),
  ];
}

const now = (): string => new Date().toISOString();
