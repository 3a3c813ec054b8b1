import type { Report } from './chain.ts';
import { readContents, type Contents } from './content.ts';
import { appendix, changes, decisions, messages, steps, timeline } from './markdown-record.ts';
import { facts, table, text } from './markdown-text.ts';
import { total } from './stretches.ts';
import type { Split } from './waterfall.ts';
import { count } from '../words/amounts.ts';
import { duration, durationOr } from '../words/durations.ts';
import { clock, dateAndTime } from '../words/times.ts';
import { runMarks } from '../words/states.ts';
import { metWords, waitedWords } from './words.ts';

/** The whole report as GitHub-flavoured Markdown; the same report always gives the same text. */
export function renderMarkdown(report: Report): string {
  const contents = readContents(report);
  const simulated = contents.run.mode === 'simulate';
  const parts = simulated
    ? [opening, changes, decisions, steps, timeline, appendix]
    : [opening, where, lost, decisions, steps, changes, timeline, messages, appendix];
  return parts.map((part) => part(contents)).join('\n');
}

function opening({ run, sentences, objectives, waterfall, head }: Contents): string {
  const { rto, rpo, outage, lostOrders } = objectives;
  const measured = table(
    ['What', 'Measured', 'Target', 'Kept?'],
    [
      [
        'Customers waited (recovery time, RTO)',
        durationOr(rto.actualMs) + (outage && !outage.over ? ', and not over' : ''),
        durationOr(rto.targetMs, 'none set'),
        metWords(rto),
      ],
      ['Acknowledged work lost (recovery point, RPO)', durationOr(rpo.actualMs), durationOr(rpo.targetMs, 'none set'), metWords(rpo)],
      ['Acknowledged orders that are gone', lostOrders ?? 'not counted'],
      ['People took to decide', `${duration(objectives.decisionMs)}; ${waitedWords(waterfall.run.peopleMs, objectives.decisionMs)}`],
    ],
  );
  const about = facts({
    'Asked for by': `${run.requestedBy}, because: ${run.reason}`,
    Incident: run.incident,
    Time: `${dateAndTime(run.startedAt)} to ${dateAndTime(run.endedAt)} (${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))})`,
    Run: `${run.runId} (${run.runbook}, ${run.mode}) in ${run.environment}`,
    State: `${runMarks[run.state].word}: ${run.status}`,
    'Head of the chain': head,
  });
  const title = run.mode === 'simulate' ? `Simulation: ${run.title}` : run.title;
  return `# ${text(title)}\n\n${sentences.map(text).join(' ')}\n\n${run.mode === 'simulate' ? '' : `${measured}\n`}${about}`;
}

function where({ waterfall }: Contents): string {
  const { run, customers, zero, dnsTailMs, besideDecisionsMs, endMs } = waterfall;
  const lanes = waterfall.lanes.map((lane) => [
    lane.name,
    lane.kind,
    duration(lane.from),
    duration(total(lane.stretches)),
    duration(lane.criticalMs),
    duration(total(lane.stretches.filter(({ who }) => who === 'retries'))),
  ]);
  const counted = waterfall.lanes.reduce((sum, { criticalMs }) => sum + criticalMs, 0);
  const extra = [
    ...(dnsTailMs === undefined ? [] : [`From the last record change to the end of the outage (DNS tail): ${duration(dnsTailMs)}.`]),
    ...(besideDecisionsMs === 0 ? [] : [`Work done while people decided, which so cost no time: ${duration(besideDecisionsMs)}.`]),
  ];
  return [
    `## Where the time went\n`,
    splits(run, customers),
    ...extra.map((sentence) => `${sentence}\n`),
    `Time zero is ${dateAndTime(zero)}; the record goes on for ${duration(endMs)}. “Counted” is the time in which everything waited for that lane; it adds up to ${duration(counted)}, from the loss to the end of the run.\n`,
    table(['Lane', 'Kind', 'Begins at', 'Took', 'Counted', 'Of it retries'], lanes),
  ].join('\n');
}

function splits(run: Split, customers: Split | undefined): string {
  const row = (name: string, split: Split) => [
    name,
    ...[split.totalMs, split.noticeMs, split.peopleMs, split.toolsMs, split.retriesMs, split.musterMs].map((ms) => duration(ms)),
  ];
  const rows = [...(customers ? [row("The customers' outage", customers)] : []), row('The run', run)];
  return table(['Of', 'Whole', 'Until noticed', 'For people', 'For tools', 'Of that retries', 'For Muster'], rows);
}

function lost({ lost: gone }: Contents): string {
  if (!gone) return '## What was lost\n\nNobody counted the acknowledged orders.\n';
  if (gone.count === 0) return '## What was lost\n\nNothing: every acknowledged order is there.\n';
  const of = gone.acknowledged === null ? '' : ` of ${gone.acknowledged}`;
  const unlisted =
    gone.unlisted > 0 ? ` ${count(gone.unlisted, 'more is', 'more are')} not listed, because the list was cut where it was made.` : '';
  const rows = gone.orders.map(({ id, at }, index) => [index + 1, id, clock(at)]);
  const sentence = `${gone.count}${of} acknowledged orders are gone, from the last ${durationOr(gone.lostMs, 'moments')} before the loss.${unlisted}`;
  return `## What was lost\n\n${sentence}\n\n${table(['No', 'Order', 'Acknowledged at'], rows)}`;
}
