import { createHash } from 'node:crypto';
import { approvalPolicy, unprovenIn } from '../catalogue.ts';
import type { Environment } from '../config/schema.ts';
import type { WatchList } from '../workflows/readiness/watch-list.ts';
import { plansOf } from './plans.ts';

/** Everything that readiness looks at in an environment; the same file, build and holders of stored tokens give the same digest. */
export function watchListOf(environment: Environment, holders: ReadonlySet<string> = new Set()): WatchList {
  const { every, confirmAfter, drillAge, backupAge, restorable } = environment.readiness;
  const list: Omit<WatchList, 'digest'> = {
    environment: environment.name,
    title: environment.title,
    plans: plansOf(environment),
    times: { everyMs: every, confirmAfterMs: confirmAfter, drillAgeMs: drillAge, backupAgeMs: backupAge, restorableMs: restorable },
    approval: approvalPolicy(environment),
    services: Object.fromEntries(Object.keys(environment.services).map((name) => [name, unprovenIn(environment, name)])),
    people: environment.people.map(({ subject, name, roles, duties, tokens }) => ({
      ...{ subject, name, roles, duties },
      hasToken: tokens.length > 0 || holders.has(subject),
    })),
    notify: { slack: environment.notify.slack !== undefined, pagerduty: environment.notify.pagerduty !== undefined },
  };
  return { ...list, digest: createHash('sha256').update(JSON.stringify(list)).digest('hex') };
}
