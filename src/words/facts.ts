import { grouped, share, size } from './amounts.ts';
import { duration } from './durations.ts';
import { exactly } from './times.ts';

/** As much of a fact as its words need. */
interface Fact {
  kind: string;
  value: string | number | boolean | null;
  unit?: string | undefined;
  tolerance?: number | undefined;
  verdict?: string | undefined;
}

/** What nobody could read. */
const notKnown = 'not known';
/** What nobody would do in a dry run. */
const notTried = 'not tried in a dry run';

/** The value of a fact as people read it: `2.4 s`, `3 of 3`, `512 MiB`, `85 %`, `yes`, `not known`. */
export function factValue({ kind, value, unit, verdict }: Fact): string {
  if (value === null) return verdict === 'notTried' ? notTried : notKnown;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return kind === 'time' ? exactly(value) : value;
  return `${amount(kind, value)}${unit === undefined ? '' : ` ${unit}`}`;
}

/** The same with how far it may move before an approval no longer counts: `2.4 s ± 2 s`. */
export function factWithTolerance(fact: Fact): string {
  return `${factValue(fact)}${fact.tolerance ? ` ± ${amount(fact.kind, fact.tolerance)}` : ''}`;
}

function amount(kind: string, value: number): string {
  if (kind === 'duration') return duration(value);
  if (kind === 'bytes') return size(value);
  return kind === 'share' ? share(value) : grouped(value);
}
