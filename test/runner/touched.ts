import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { allTests, type Chosen } from './suites.ts';

/** Always run, whatever has changed: a failover through kills, and the smallest real systems. */
const always = [/kills\/fail-over-region\./, /rigs\/(redis|telemetry)\./];

/** What a changed path is about → the kills and rigs that try it. What is in no row changes nothing of the choice. */
const table: [changed: RegExp, tests: RegExp][] = [
  [/fail-?over-region|fail-?back|fence/, /kills\/fail-over-region\./],
  [/grey|way-in|postgres\/(fence|state|receipts)/, /kills\/grey-region\./],
  [/rds\/(global-)?cluster|database-cluster|move-writer|write-outage/, /kills\/fail-over-database-cluster\./],
  [/promote|replica/, /kills\/promote-read-replica\./],
  [/corrupt|amcheck|damage|integrity|repair-indexes/, /kills\/recover-corrupted-database\./],
  [/point-in-time|restore-to-time|procedures\/restore|rds\/restore/, /kills\/restore-database-to-point-in-time\./],
  [/backup/, /kills\/restore-from-backup\./],
  [/snapshot/, /kills\/restore-from-snapshot\./],
  [/roll-?back|deployment|release/, /kills\/roll-back-deployment\.|rigs\/kubernetes\./],
  [/scenarios\/|\/care\/|workload/, /kills\/scenarios\./],
  [/route53|record-set|traffic|\barc\b|arrivals/, /kills\/traffic\./],
  [/alert|incidents\/|desk/, /kills\/(alert-storm|storm)\.|rigs\/alertmanager\./],
  [/incident\/|messages\/|outbox/, /kills\/incident\./],
  [/mitigat|relief|http-switch|capacity\//, /kills\/mitigate\./],
  [/kube|pods|nodes|gitops|argo|flux/, /rigs\/(scenarios\/)?kubernetes/],
  [/compose|docker/, /rigs\/(scenarios\/)?compose/],
  [/host|systemd|unit|ssh|ansible/, /rigs\/(scenarios\/)?host/],
  [/redis|cache/, /rigs\/redis\./],
  [/prometheus|telemetry|service-level/, /rigs\/(telemetry|alertmanager)\./],
];

/** What can be chosen at all. */
export const choosable: RegExp[] = [...always, ...table.map(([, tests]) => tests)];

/** The kills and rigs for a change: those that the table names, those that were changed themselves, and a fixed few. */
export function touchedBy(changed: readonly string[], all = allTests()): Pick<Chosen, 'kills' | 'rigs'> {
  const sources = changed.filter((file) => /^(src|environments|deploy|test)\//.test(file));
  const wanted = [...always, ...table.filter(([about]) => sources.some((file) => about.test(file))).map(([, tests]) => tests)];
  const choice = (files: readonly string[]) => files.filter((file) => sources.includes(file) || wanted.some((tests) => tests.test(file)));
  return { kills: choice(all.kills), rigs: choice(all.rigs) };
}

/** Files that differ from the commit that passed last, else from where this branch left main, else from the parent; none when git cannot tell. */
export function changedFiles(): string[] {
  const base = [readPassed, () => git('merge-base', 'HEAD', 'main'), () => git('rev-parse', 'HEAD^')].map(tried).find(isBehindUs);
  if (base === undefined) return [];
  return (
    tried(() => git('diff', '--name-only', base))
      ?.split('\n')
      .filter(Boolean) ?? []
  );
}

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const readPassed = () => readFileSync('.muster/ci-passed', 'utf8').trim();

function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** An ancestor that is not where we stand: against itself nothing would have changed. */
function isBehindUs(commit: string | undefined): commit is string {
  if (commit === undefined || commit === '' || tried(() => git('rev-parse', 'HEAD')) === commit) return false;
  return tried(() => git('merge-base', '--is-ancestor', commit, 'HEAD')) !== undefined;
}
