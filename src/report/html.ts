import type { Report } from './chain.ts';
import { type Contents, type Objective, readContents } from './content.ts';
import { appendix, changes, decisions, lost, messages, steps, timeline } from './html-record.ts';
import { html, type Html } from './html-text.ts';
import { picture, splitBar } from './html-picture.ts';
import { page } from './page.ts';
import { fills } from './waterfall-svg.ts';
import { list } from '../words/amounts.ts';
import { duration, durationOr } from '../words/durations.ts';
import { dateAndTime } from '../words/times.ts';
import { metWords, waitedWords } from './words.ts';

/** The whole report as one page without script or anything from outside; the same report always gives the same page. */
export function renderHtml(report: Report): string {
  const contents = readContents(report);
  const { run, head } = contents;
  const simulated = run.mode === 'simulate';
  const parts = simulated
    ? [changes, decisions, steps, timeline, appendix]
    : [picture, lost, decisions, steps, changes, timeline, messages, appendix];
  const title = simulated ? `Simulation: ${run.title}` : run.title;
  return page({
    ...{ title, head },
    bar: [
      kinds[run.mode],
      `environment ${run.environment}`,
      dateAndTime(run.startedAt),
      ...(run.incident === undefined ? [] : [`incident ${run.incident}`]),
    ],
    body: html`${fills()} ${opening(contents)}
      <nav aria-label="Parts of the report">
        ${(simulated ? simulationParts : liveParts).map(([id, name]) => html`<a href="#${id}">${name}</a>`)}
      </nav>
      ${parts.map((part) => part(contents))}`,
  });
}

const kinds = { live: 'report of a run', simulate: 'simulation, nothing was changed', tape: 'tape, nothing happened' };

const simulationParts = [
  ['changes', 'Changes'],
  ['decisions', 'Decisions'],
  ['steps', 'Steps and calls'],
  ['timeline', 'Timeline'],
  ['plan', 'Plan and measures'],
] as const;
const liveParts = [
  ['time', 'Where the time went'],
  ['lost', 'What was lost'],
  ['decisions', 'Decisions'],
  ['steps', 'Steps and calls'],
  ['changes', 'Predicted against actual'],
  ['timeline', 'Timeline'],
  ['messages', 'Messages'],
  ['plan', 'Plan and measures'],
] as const;

function opening(contents: Contents): Html {
  const { run, sentences, gates } = contents;
  const people = [
    ...new Set(gates.flatMap(({ decisions: all }) => all.map(({ by, decision }) => `${by}${decision === 'decline' ? ' (declined)' : ''}`))),
  ];
  return html`<p class="lead">${sentences.join(' ')}</p>
    ${run.mode !== 'simulate' && cards(contents)}
    <dl>
      <dt>Asked for by</dt>
      <dd>${run.requestedBy}: ${run.reason}</dd>
      ${
        run.mode !== 'simulate' &&
        html`<dt>Decided by</dt>
          <dd>${people.length === 0 ? 'nobody' : list(people)}</dd>`
      }
      <dt>Run</dt>
      <dd>
        ${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}, from ${dateAndTime(run.startedAt)} to ${dateAndTime(run.endedAt)}
      </dd>
    </dl> `;
}

function cards({ objectives, waterfall }: Contents): Html {
  const { rto, rpo, outage, lostOrders, decisionMs } = objectives;
  const going = outage && !outage.over;
  return html`<div class="cards">
      <div class="card big">
        <div class="label">Customers waited (RTO)</div>
        <div class="value">${durationOr(rto.actualMs)}${going && ', and still do'}</div>
        <div>${verdict(rto)}</div>
      </div>
      <div class="card">
        <div class="label">Work lost (RPO)</div>
        <div class="value">${durationOr(rpo.actualMs)}</div>
        <div>${verdict(rpo)}</div>
      </div>
      <div class="card">
        <div class="label">Orders lost</div>
        <div class="value">${lostOrders === null ? 'not counted' : lostOrders.toLocaleString('en-GB')}</div>
        <div class="note">${lostOrders ? html`acknowledged; <a href="#lost">every one is listed</a>` : ''}</div>
      </div>
      <div class="card">
        <div class="label">People took to decide</div>
        <div class="value">${duration(decisionMs)}</div>
        <div class="note">${waitedWords(waterfall.run.peopleMs, decisionMs)}</div>
      </div>
    </div>
    ${waterfall.customers && splitBar('Where the customers’ time went', waterfall.customers)}`;
}

function verdict(objective: Objective): Html {
  const kind = objective.met === null ? 'unsure' : objective.met ? 'good' : 'bad';
  return html`<span class="verdict ${kind}">${metWords(objective)}</span
    >${objective.targetMs !== null && html` <span class="soft">target ${duration(objective.targetMs)}</span>`}`;
}
