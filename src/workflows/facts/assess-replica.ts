import type { Fact } from '../messages.ts';
import type { PrimaryMove } from '../plans/plan.ts';
import { postgres, probes, rds } from '../tools.ts';
import { proofFacts } from './proof-facts.ts';
import { lossOf, primaryOf } from './assess.ts';
import { badFirst, fact, plainFact } from './facts.ts';

/** At how many places the region in which the service stays looks well. */
export const seenWellFact = 'seen-well';

/** Settings in which a smaller or other replica would be a worse primary. */
const mustAgree = ['parameter group', 'instance class', 'storage, GB'];

/** What people must know before a replica takes the primary's place while the service stays: what would be lost, and what it would be like. */
export async function assessReplica(move: PrimaryMove): Promise<Fact[]> {
  const groups = await Promise.all([writesOf(move), replicaOf(move), parityOf(move), customersOf(move)]);
  return badFirst([...groups.flat(), ...proofFacts(move)]);
}

/** While the primary answers, it is fenced and drained first, so that only a dead one costs what the replica lacks. */
async function writesOf(move: PrimaryMove): Promise<Fact[]> {
  const { database, from, planned } = move;
  const [[fence], instance] = await Promise.all([primaryOf(move), rds.describeDatabase({ database, region: from })]);
  const drains = planned || fence!.value === true;
  const says = instance.refusal ?? (instance.reachable ? `${instance.role}, ${instance.status}` : null);
  const old = fact.words('old-primary', `old primary ${instance.instance}`, says, `RDS in ${from}`, { informational: true });
  return [fence!, old, ...(await lossOf({ ...move, planned: drains }))];
}

async function replicaOf({ database, to }: PrimaryMove): Promise<Fact[]> {
  const { instance, role, status } = await rds.describeDatabase({ database, region: to });
  const source = `RDS in ${to}`;
  return [
    fact.words('standby', `standby database ${instance}`, role, source, { verdict: role === 'replica' ? 'good' : 'bad' }),
    // A backup ends by itself, and is waited for.
    fact.words('standby-status', `status of ${instance}`, status, source, {
      informational: true,
      verdict: status === 'available' ? 'good' : 'unknown',
    }),
  ];
}

async function parityOf({ database, from, to }: PrimaryMove): Promise<Fact[]> {
  const parity = await rds.compareReplica({ database, from, to });
  return parity.map(({ setting, primary, replica }) => {
    const known = primary !== null && replica !== null;
    const same = primary === replica;
    return plainFact(`parity/${setting}`, `${setting} of the replica`, replica, `RDS; the primary has ${primary ?? 'an unknown one'}`, {
      verdict: !known ? 'unknown' : same ? 'good' : mustAgree.includes(setting) ? 'bad' : 'unknown',
    });
  });
}

async function customersOf({ service, from, to, pointer }: PrimaryMove): Promise<Fact[]> {
  const seen = await probes.vantage({ service, region: from });
  const well = seen.filter(({ healthy }) => healthy === true).length;
  return [
    fact.count(seenWellFact, `places that see ${service} in ${from} well`, well, 'vantage points', {
      unit: `of ${seen.filter(({ blind }) => !blind).length}`,
      informational: true,
    }),
    fact.words('where', 'where the database will be, seen from the service', `${to}; the service stays in ${from}`, 'the plan', {
      informational: true,
    }),
    ...(pointer === 'none'
      ? [
          fact.words('pointer', `who points ${service} at it`, 'a person: the environment names nothing that does', 'the plan', {
            informational: true,
            verdict: 'unknown',
          }),
        ]
      : []),
  ];
}

/** Checks, without touching anything, that the replica can be promoted; fails with all that is wrong. */
export async function replicaProblems({ database, from, to, planned }: PrimaryMove): Promise<string[]> {
  const [replica, state, old] = await Promise.all([
    rds.describeDatabase({ database, region: to }),
    postgres.replicationState({ database, region: to }),
    postgres.replicationState({ database, region: from }),
  ]);
  if (replica.role !== 'replica') return [`${replica.instance} in ${to}: needed a replica, have ${replica.refusal ?? replica.role}`];
  return [
    ...(state.reachable && state.inRecovery
      ? []
      : [`${replica.instance} in ${to} does not answer as a standby${state.refusal ? `: ${state.refusal}` : ''}`]),
    ...(planned && (!old.reachable || old.refusal !== undefined)
      ? [
          `a planned promotion needs the primary in ${from}, which ${old.refusal ? `refuses (${old.refusal})` : 'does not answer'}: start an unplanned one`,
        ]
      : []),
    ...(planned && old.inRecovery ? [`${database} in ${from} is not the primary`] : []),
  ];
}
