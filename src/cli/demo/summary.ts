import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { knownMeasures } from '../../report/measures.ts';
import { objectivesOf } from '../../report/objectives.ts';
import type { Outage } from '../../range/contract.ts';
import type { GateView, RunView } from '../../workflows/messages.ts';
import { CliError } from '../exit.ts';
import type { RangeControl } from '../range-control.ts';
import type { Stack } from '../stack.ts';
import { duration } from '../../words/durations.ts';
import { runMarks } from '../../words/states.ts';

export interface Played {
  stack: Stack;
  control: RangeControl;
  view: RunView;
  planned: boolean;
  /** The report's JSON file. */
  report: string;
  say: (line: string) => void;
}

/** Says what the run has cost, and checks it against what the range itself counted. True when everything is as it must be. */
export async function summarise({ stack, control, view, planned, report, say }: Played): Promise<boolean> {
  const known = knownMeasures(view.measures);
  const { rto, rpo, outage, lostOrders } = objectivesOf(view, known);
  const decided = outage ? decisionWithin(view.gates, outage) : 0;
  const gone = await ordersGone(stack, control);
  const claimed = (known.lost?.orders ?? []).map(({ id }) => id);
  const promotions = (await control.calls()).filter(({ action, status }) => action === 'PromoteReadReplica' && status < 300).length;

  const failures = [
    ...(view.state === 'completed' ? [] : [`the run ${runMarks[view.state].word}: ${view.status}`]),
    ...(promotions === 1 ? [] : [`the gateway counted ${promotions} promotions, it must be one`]),
    ...(lostOrders === gone.length && sameIds(claimed, gone)
      ? []
      : [`the run says that ${lostOrders} orders are gone, the customers miss ${gone.length}`]),
    ...(planned && gone.length > 0 ? ['a planned switchover may not lose an order'] : []),
  ];
  const minutes = view.gates.reduce((sum, gate) => sum + lengthOf(gate), 0);
  say('');
  say(`Customers' outage    ${outage ? duration(outage.totalMs) : 'not measured'}${outage && !outage.over ? ', and it goes on' : ''}`);
  say(`Decision             ${duration(minutes)} at ${view.gates.length} gate(s), ${duration(decided)} of the outage`);
  say(`Outage less decision ${outage ? duration(outage.totalMs - decided) : 'not measured'}`);
  say(`RTO                  ${objectiveLine(rto)}`);
  say(`RPO                  ${objectiveLine(rpo)}`);
  say(`Orders gone          ${lostOrders ?? 'not measured'} of those acknowledged; the customers miss ${gone.length}`);
  say(`Promotions           ${promotions}`);
  say(`Report               ${shortPath(report.replace(/json$/, 'html'))}`);
  say(`Check it             ./muster verify ${shortPath(report)}`);
  for (const failure of failures) say(`✖ ${failure}`);
  for (const line of nextAfter(view.runId, planned)) say(line);
  return failures.length === 0;
}

/** A demo that only ends leaves people where they were. */
function nextAfter(runId: string, planned: boolean): string[] {
  return [
    '',
    'Next:',
    `  ./muster report ${runId}      the report, as text`,
    `  ./muster tape make ${runId}      the run as a tape, to be decided again by others`,
    ...(planned ? [] : ['  ./muster demo --planned      a move while both regions are well']),
    '  ./muster up      a range that stays up, to break and to mend by hand',
    '  ./muster runbooks      what else can be started',
  ];
}

/** The evidence pack is written after the run's last step. */
export async function archivedReport(archive: string, runId: string): Promise<string> {
  const file = join(archive, runId, 'report.json');
  for (const until = Date.now() + 30_000; !existsSync(file); await delay(50)) {
    if (Date.now() > until) throw new CliError(`the report did not appear: ${file}`);
  }
  return file;
}

/** Ids of the orders that customers hold an acknowledgement for and the surviving database does not have; asked without the run. */
async function ordersGone({ range }: Stack, control: RangeControl): Promise<string[]> {
  const acknowledged = (await control.acknowledged()).map(({ id }) => id);
  const client = new pg.Client({ connectionString: range!.variables['MUSTER_RANGE_PG_WEST']! });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT id::text FROM orders WHERE id = ANY($1::uuid[])', [acknowledged]);
    const kept = new Set(rows.map(({ id }) => id));
    return acknowledged.filter((id) => !kept.has(id));
  } finally {
    await client.end();
  }
}

function sameIds(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
}

/** The part of the outage in which the run waited for people, in milliseconds. */
export function decisionWithin(gates: readonly GateView[], { startedAt, endedAt }: Pick<Outage, 'startedAt' | 'endedAt'>): number {
  if (startedAt === null) return 0;
  const end = endedAt === null ? Infinity : Date.parse(endedAt);
  return gates.reduce((sum, { openedAt, decidedAt }) => {
    const from = Math.max(Date.parse(openedAt), Date.parse(startedAt));
    const to = Math.min(decidedAt === undefined ? end : Date.parse(decidedAt), end);
    return sum + Math.max(0, to - from);
  }, 0);
}

const lengthOf = ({ openedAt, decidedAt }: GateView) => (decidedAt === undefined ? 0 : Date.parse(decidedAt) - Date.parse(openedAt));

function objectiveLine({ actualMs, targetMs, met }: { actualMs: number | null; targetMs: number | null; met: boolean | null }): string {
  const target = targetMs === null ? 'no target' : `target ${duration(targetMs)}`;
  if (actualMs === null) return `not measured, ${target}`;
  return `${duration(actualMs)}, ${target}: ${met === null ? 'not known' : met ? '✔ kept' : '✖ missed'}`;
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
