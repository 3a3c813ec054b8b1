import type { Fact, GateView } from '../workflows/messages.ts';
import type { Comparison, Contents } from './content.ts';
import { html, table, type Html } from './html-text.ts';
import { decisionMs } from './objectives.ts';
import { count } from '../words/amounts.ts';
import { duration, durationOr } from '../words/durations.ts';
import { factWithTolerance } from '../words/facts.ts';
import { clock } from '../words/times.ts';
import { gateMarks, messageMarks, runMarks } from '../words/states.ts';
import { factVerdict, historyWords, oneLine, outcomeOf, said, seenFacts, stepTraits } from './words.ts';

export function lost({ lost: gone }: Contents): Html {
  if (!gone)
    return html`<h2 id="lost">What was lost</h2>
      <p>Nobody counted the acknowledged orders.</p>`;
  if (gone.count === 0)
    return html`<h2 id="lost">What was lost</h2>
      <p>Nothing: every acknowledged order is there.</p>`;
  const of = gone.acknowledged !== null && ` of ${gone.acknowledged.toLocaleString('en-GB')}`;
  const unlisted =
    gone.unlisted > 0 && ` ${count(gone.unlisted, 'more is', 'more are')} not listed, because the list was cut where it was made.`;
  const orders = gone.orders.map(({ id, at }) => html`<li><code>${id}</code> <span class="time">${clock(at)}</span></li> `);
  return html`<h2 id="lost">What was lost</h2>
    <p>
      <b>${gone.count.toLocaleString('en-GB')}</b>${of} acknowledged orders are gone, from the last ${durationOr(gone.lostMs, 'moments')}
      before the loss. Customers hold a receipt for each of them.${unlisted}
    </p>
    <details>
      <summary>All ${count(gone.orders.length, 'order')} with the time of their receipt</summary>
      <ol class="orders">
        ${orders}
      </ol>
    </details> `;
}

export function decisions({ gates }: Contents): Html {
  return html`<h2 id="decisions">Decisions, and the facts they were made on</h2>
    ${gates.length === 0 ? html`<p>Nobody was asked.</p>` : gates.map(decision)}`;
}

function decision(gate: GateView): Html {
  const made = gate.decisions.map((one) => [
    one.by,
    one.decision === 'approve'
      ? html`<b class="good">${said(gateMarks.approved)}</b>`
      : html`<b class="bad">${said(gateMarks.declined)}</b>`,
    time(one.at),
    one.channel,
    seenFacts(one, gate),
    one.comment,
  ]);
  const facts = gate.facts.map((fact) => [fact.name, html`<b>${factWithTolerance(fact)}</b>`, verdict(fact), fact.source, time(fact.at)]);
  return html`<h3>${gate.question}</h3>
    <p>${asked(gate)}</p>
    ${gate.cannotBeUndone && html`<p><b class="bad">⚑ Cannot be undone:</b> ${gate.cannotBeUndone}.</p>`}
    ${made.length > 0 && table(['Decided by', 'Decision', 'At', 'Over', 'Facts seen', 'Comment'], made)}
    ${table(['Fact', 'Value', 'Verdict', 'Read from', 'Read at'], facts)}
    <p class="soft">Round ${gate.round} of the facts, digest <code>${gate.digest}</code></p> `;
}

function asked(gate: GateView): string {
  if (gate.state === 'simulated') return `Live this would be asked of ${gate.quorum} × ${gate.of}.`;
  const escalations = gate.escalations.map(({ at, to }) => ` ${to} was asked too at ${clock(at)}.`).join('');
  const until = gate.decidedAt === undefined ? '' : `, until ${clock(gate.decidedAt)}`;
  return `Asked of ${gate.quorum} × ${gate.of}; open for ${duration(decisionMs(gate))}${until}; ${gateMarks[gate.state].word}.${escalations}`;
}

function verdict(fact: Fact): Html {
  const kind = { good: 'good', bad: 'bad', unknown: 'unsure', notTried: 'soft' }[fact.verdict ?? 'good'];
  return fact.verdict ? html`<span class="verdict ${kind}">${factVerdict(fact)}</span>` : html`${factVerdict(fact)}`;
}

export function steps({ steps: all }: Contents): Html {
  const parts = all.map((step) => {
    const took = step.endedAt ? duration(Date.parse(step.endedAt) - Date.parse(step.startedAt)) : 'not ended';
    const calls = step.made.map((call) => [
      time(call.at),
      call.kind === 'read' ? 'read' : html`<b>${call.kind}</b>`,
      html`<code>${call.call}</code>${call.args !== undefined && html`<br /><code class="soft">${oneLine(call.args)}</code>`}`,
      html`${call.ok ? html`<span class="good">✔</span>` : html`<b class="bad">✖</b>`} ${outcomeOf(call)}`,
      html`<span class="number">${duration(call.ms)}</span>`,
      String(call.attempt),
    ]);
    const changed = step.made.filter(({ kind }) => kind === 'change').length;
    return html`<details>
      <summary>
        <b>${step.title}</b>
        <span class="soft"
          >${stepTraits(step)} · ${took} · ${count(step.made.length, 'call')}${changed > 0 && `, ${count(changed, 'change')}`}</span
        >
      </summary>
      <p>${step.phase}, ${clock(step.startedAt)}${step.outcome && `: ${step.outcome}`}.</p>
      ${step.failure && html`<p><b class="bad">✖ ${step.failure.name}:</b> ${step.failure.message}</p>`}
      ${calls.length > 0 && table(['At', 'Kind', 'Call', 'Outcome', 'Took', 'Attempt'], calls, 'calls')}
    </details> `;
  });
  return html`<h2 id="steps">Steps, and every call they made</h2>
    ${parts}`;
}

const signs: Record<Comparison['verdict'], Html> = {
  'as predicted': html`<span class="good">✔ as predicted</span>`,
  'other arguments': html`<b class="unsure">≠ other arguments</b>`,
  'not made': html`<b class="unsure">− not made</b>`,
  'not predicted': html`<b class="unsure">+ not predicted</b>`,
  'would be made': html`<span>would be made</span>`,
};

export function changes({ steps: all, run }: Contents): Html {
  const rows = all.flatMap(({ title, compared }) =>
    compared.map(({ call, verdict: found, predicted, actual, sent }) => {
      const same = found === 'would be made' || oneLine(predicted) === oneLine(actual);
      const args = same
        ? html`<code>${oneLine(predicted)}</code>`
        : html`predicted <code>${oneLine(predicted) || 'nothing'}</code><br />actual <code>${oneLine(actual) || 'nothing'}</code>`;
      return [title, html`<code>${call}</code>${sent > 1 && ` sent ${sent} times`}`, signs[found], args];
    }),
  );
  const heading = run.mode === 'simulate' ? 'Every change that it would make' : 'Predicted against actual';
  return html`<h2 id="changes">${heading}</h2>
    ${rows.length === 0 ? html`<p>No change.</p>` : table(['Step', 'Call', 'Verdict', 'With'], rows, 'changes')}`;
}

export function timeline({ events }: Contents): Html {
  return html`<h2 id="timeline">Timeline</h2>
    ${table(
      ['At', 'Kind', 'What', 'By'],
      events.map(({ at, kind, text, by }) => [time(at), kind, text, by]),
    )}`;
}

export function messages({ messages: all }: Contents): Html {
  const rows = all.map(({ at, to, state, text, problem }) => [
    time(at),
    to,
    state === 'notSent' ? html`<b class="bad">${said(messageMarks[state])}</b>` : said(messageMarks[state]),
    text,
    problem,
  ]);
  return html`<h2 id="messages">Messages, and what could not be sent</h2>
    ${rows.length === 0 ? html`<p>None.</p>` : table(['At', 'To', 'State', 'Text', 'Problem'], rows)}`;
}

export function appendix({ measures, run }: Contents): Html {
  const { build } = run;
  const rows = [
    ...measures.map(({ name, value }) => [name, html`<code>${oneLine(value)}</code>`]),
    ['the plan', html`<code>${oneLine(run.plan)}</code>`],
  ];
  return html`<h2 id="plan">Plan and measures</h2>
    <dl>
      <dt>Run</dt>
      <dd>${run.runId} (${run.runbook}), ${runMarks[run.state].word}: ${run.status}</dd>
      <dt>Leases</dt>
      <dd>${run.leases.join(', ') || 'none'}</dd>
      <dt>Can still be undone</dt>
      <dd>${run.stillUndoable.join(', ') || 'nothing'}</dd>
      <dt>Written by</dt>
      <dd>Muster ${build.version}, Node ${build.node}${build.temporal && `, Temporal ${build.temporal}`}</dd>
      <dt>Temporal history</dt>
      <dd>${historyWords(run)}</dd>
    </dl>
    <details>
      <summary>The plan and ${count(measures.length, 'measure')}, as they were recorded</summary>
      ${table(['Name', 'Value'], rows)}
    </details> `;
}

function time(at: string): Html {
  return html`<span class="time">${clock(at)}</span>`;
}
