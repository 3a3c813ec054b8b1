import { ApplicationFailure } from '@temporalio/workflow';
import type { CopyState } from '../../../activities/postgres/index.ts';
import { badFirst, fact } from '../../facts/facts.ts';
import { proofFacts } from '../../facts/proof-facts.ts';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { Endpoint, UndoRestore } from '../../plans/restore-plan.ts';
import { postgres, rds } from '../../tools.ts';
import { integrityFacts, replicasOf, sizeFacts } from './compare-copy.ts';
import { lossFacts, type Loss } from './lost-writes.ts';

/** The database that was set aside, as it is found. */
export interface SetAside {
  endpoint: Endpoint;
  state: CopyState;
  /** What only the database of today has came after the newest row of the old one. */
  loss: Loss;
}

/** Checks that the set-aside database is there and whole enough to be asked about; fails with needed and have. */
export async function findSetAside({ measure }: Kit, plan: UndoRestore): Promise<SetAside> {
  const { database, region, instance, aside } = plan;
  return measure(
    `Look whether ${aside} can be put back`,
    async () => {
      const [old, now] = await Promise.all([rds.describeInstance({ region, instance: aside }), rds.describeInstance({ region, instance })]);
      const wrong = [
        ...(old.role === 'primary' && old.status === 'available' ? [] : [needs(aside, region, old)]),
        ...(now.role === 'primary' && now.status === 'available' ? [] : [needs(instance, region, now)]),
      ];
      if (wrong.length > 0) throw permanent(wrong.join('; '));
      if (old.host === null || old.port === null) throw permanent(`${aside} in ${region}: needed an endpoint, have none`);
      const endpoint = { host: old.host, port: old.port };
      const state = await postgres.examineDatabase({ database, region, endpoint });
      const { fenced } = await postgres.replicationState({ database, region, endpoint });
      // Rows could come into it behind the back of everybody, and its newest row would not tell when it was set aside.
      if (fenced !== true) throw permanent(`${aside} in ${region}: needed a database that is closed to writers, have one that takes them`);
      return { endpoint, state, loss: { at: state.newest?.at ?? new Date(0).toISOString(), without: endpoint } };
    },
    ({ state }) => `it has ${state.rows ?? 'unknown'} rows, the newest of ${state.newest?.at ?? 'unknown'}`,
  );
}

/** What people must know before the old database takes over again. */
export async function factsOfOld(plan: UndoRestore, { endpoint, loss }: SetAside): Promise<Fact[]> {
  const { database, region, instance, aside } = plan;
  const [lost, old, now, settings, replicas] = await Promise.all([
    lossFacts(plan, loss),
    postgres.examineDatabase({ database, region, endpoint }),
    postgres.examineDatabase({ database, region }),
    rds.compareSettings({ database, region, instance: aside }),
    replicasOf(plan),
  ]);
  return badFirst([
    ...lost,
    ...integrityFacts('in the old database', old, aside),
    fact.count('settings', 'settings that differ from the database of today', settings?.length ?? null, `RDS in ${region}`, {
      verdict: settings === undefined ? 'unknown' : settings.length === 0 ? 'good' : 'bad',
    }),
    ...sizeFacts('the old database', old, aside),
    ...sizeFacts('the database of today', now, instance),
    ...replicas,
    ...proofFacts(plan),
  ]);
}

const needs = (instance: string, region: string, { role, status }: { role: string; status: string }): string =>
  `${instance} in ${region}: needed an available primary, have ${[role, status].join(' ').trim()}`;

const permanent = (message: string): Error => ApplicationFailure.nonRetryable(message, Failure.Permanent);
