import type { BadRows } from '../../activities/postgres/index.ts';
import type { GateOptions } from '../kit/gates.ts';
import type { Fact } from '../messages.ts';
import { gateOf, strongest } from '../procedures/approval.ts';
import { isWhole, type DamageFound, type Look, type RecoverCorruption } from '../procedures/damage/found.ts';
import { sayStandby, type Decision } from '../procedures/damage/decide.ts';
import type { KnownTimes } from '../procedures/damage/narrow-time.ts';
import { integrity, postgres } from '../tools.ts';
import { badFirst, fact } from './facts.ts';
import { proofFacts } from './proof-facts.ts';

export interface Evidence {
  snapshot: string;
  found: DamageFound | undefined;
  decision: Decision;
  times: KnownTimes;
  /** People had the writers stopped. */
  stopped: boolean;
}

/** The gate of a way out: the stronger approval when it is not the one that the facts ask for, or when something could not be asked. */
export function damageGate(plan: RecoverCorruption, evidence: Evidence, cannotBeUndone?: string): GateOptions {
  const { way, recommended, sure } = evidence.decision;
  const usual = gateOf(plan.approval, () => factsOf(plan, evidence), cannotBeUndone === undefined ? {} : { cannotBeUndone });
  return sure && (recommended === null || way === recommended) ? usual : { ...usual, ...strongest(plan.approval) };
}

/** What was found, and how the database stands now. */
async function factsOf(plan: RecoverCorruption, { snapshot, found, decision, times, stopped }: Evidence): Promise<Fact[]> {
  const { database, region } = plan;
  const [now, checksums] = await Promise.all([
    postgres.replicationState({ database, region }),
    integrity.checksumFailures({ database, region }),
  ]);
  const source = `PostgreSQL in ${region}`;
  const closed = (well: boolean) => (stopped ? { verdict: well ? ('good' as const) : ('bad' as const) } : { informational: true as const });
  return badFirst([
    fact.words('recommended', 'what the facts ask for', decision.recommended, decision.why, {
      verdict: decision.recommended === null ? 'unknown' : decision.way === decision.recommended ? 'good' : 'bad',
    }),
    ...(found
      ? [...looked(found.primary, snapshot), ...others(found, snapshot)]
      : [fact.words('damage', 'damage', undefined, 'a copy that a dry run does not make')]),
    fact.yesNo('can-write', 'new sessions can write', now.readOnly === null ? null : !now.readOnly, source, closed(now.readOnly === true)),
    fact.count('writers', 'sessions that write', now.writers, source, closed(now.writers === 0)),
    fact.count('checksums', 'wrong checksums met until now', checksums.failures, source, { informational: true }),
    fact.time('last-checksum', 'the last of them', checksums.lastAt, source, { informational: true }),
    ...(decision.way === 'restore' ? whenGood(times) : []),
    ...proofFacts(plan),
    fact.words('evidence', 'evidence', snapshot, 'RDS: taken before anybody looked', { informational: true }),
  ]);
}

function looked({ tables, indexes, rules }: Look, snapshot: string): Fact[] {
  const bad = (id: string, name: string, value: string) => fact.words(id, name, value, `a copy of ${snapshot}`, { verdict: 'bad' });
  const read = `${tables.tables} tables, ${tables.pages} pages, ${tables.rows} rows; ${indexes.indexes} indexes; ${rules.rules} rules`;
  return [
    ...tables.damaged.map(({ table, unreadable, malformed }) =>
      bad(
        `table/${table}`,
        `table ${table}`,
        [...unreadable.map(sayPages), ...malformed.map(({ place, problem }) => `row ${place}: ${problem}`)].join('; '),
      ),
    ),
    ...rules.broken.map(({ rule, rows }) => bad(`rule/${rule}`, rule, sayRows(rows))),
    ...indexes.damaged.map(({ index, problem, unfound }) =>
      bad(`index/${index}`, `index ${index}`, `${problem}${unfound ? `; hides ${sayRows(unfound)}` : ''}`),
    ),
    ...[...indexes.unchecked, ...rules.unanswered.map(({ rule, why }) => `${rule}: ${why}`)].map((what) =>
      fact.words(`unchecked/${what}`, `could not be checked: ${what}`, null, `a copy of ${snapshot}`, { verdict: 'unknown' }),
    ),
    ...rules.notValidated.map((rule) =>
      fact.words(`not-validated/${rule}`, 'never validated by PostgreSQL', rule, `a copy of ${snapshot}`, { informational: true }),
    ),
    fact.words('was-read', 'was read', read, `a copy of ${snapshot}`, { informational: true }),
  ];
}

function others({ primary, standbys, hidden }: DamageFound, snapshot: string): Fact[] {
  return [
    ...hidden.map(({ table, region, rows }) =>
      fact.words(`hidden/${region}/${table}`, `rows of ${table} on those pages`, rows ? sayRows(rows) : null, `the replica in ${region}`, {
        verdict: 'bad',
      }),
    ),
    ...standbys.map((standby) => {
      const verdict = standby.look ? (isWhole(standby.look) ? 'good' : 'bad') : isWhole(primary) ? 'good' : 'unknown';
      return fact.words(
        `replica/${standby.region}`,
        `replica in ${standby.region}`,
        sayStandby(standby),
        `PostgreSQL in ${standby.region}, after ${snapshot}`,
        { verdict },
      );
    }),
  ];
}

function whenGood({ at, lastGood, badSince }: KnownTimes): Fact[] {
  const source = 'the damaged rows, and what people said';
  return [
    ...(at === undefined ? [] : [fact.time('go-back-to', 'go back to', at, source, { verdict: 'good' })]),
    fact.time('last-good', 'was surely good', lastGood ?? null, source, { verdict: lastGood || at ? 'good' : 'unknown' }),
    fact.time('bad-since', 'was surely bad', badSince ?? null, source, { informational: true }),
  ];
}

const sayPages = ({ from, to, problem }: { from: number; to: number; problem: string }): string =>
  `${from === to ? `page ${from}` : `pages ${from} to ${to}`} cannot be read: ${problem}`;

/** A person reads the first few; the record has them all. */
function sayRows({ count, listed, firstAt, lastAt }: BadRows): string {
  const named = listed.slice(0, 5).map(({ key }) => key);
  const more = count > named.length ? ', …' : '';
  const when = firstAt === null ? '' : `, written from ${firstAt} to ${lastAt}`;
  return `${count} rows${named.length > 0 ? `: ${named.join(', ')}${more}` : ''}${when}`;
}
