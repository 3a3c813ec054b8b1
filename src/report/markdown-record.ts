import type { GateView } from '../workflows/messages.ts';
import type { Contents } from './content.ts';
import { facts, table, text } from './markdown-text.ts';
import { decisionMs } from './objectives.ts';
import { duration } from '../words/durations.ts';
import { factWithTolerance } from '../words/facts.ts';
import { clock } from '../words/times.ts';
import { gateMarks, messageMarks } from '../words/states.ts';
import { factVerdict, historyWords, oneLine, outcomeOf, said, seenFacts, stepTraits } from './words.ts';

export function decisions({ gates }: Contents): string {
  return `## Decisions\n\n${gates.length === 0 ? 'Nobody was asked.\n' : gates.map(decision).join('\n')}`;
}

function decision(gate: GateView): string {
  const about = facts({
    'Asked of': `${gate.quorum} × ${gate.of}`,
    Open: `${clock(gate.openedAt)} to ${gate.decidedAt ? clock(gate.decidedAt) : 'the end'} (${duration(decisionMs(gate))}), ${gateMarks[gate.state].word}`,
    'Cannot be undone': gate.cannotBeUndone,
    'Asked later too': gate.escalations.map(({ at, to }) => `${to} at ${clock(at)}`).join(', ') || undefined,
    'Digest of the facts': `${gate.digest} (round ${gate.round})`,
  });
  const made = gate.decisions.map((one) => [
    one.by,
    said(gateMarks[one.decision === 'approve' ? 'approved' : 'declined']),
    clock(one.at),
    one.channel,
    seenFacts(one, gate),
    one.comment,
  ]);
  const shown = gate.facts.map((fact) => [fact.name, factWithTolerance(fact), factVerdict(fact), fact.source, clock(fact.at)]);
  return [
    `### ${text(gate.question)}\n`,
    about,
    table(['Decided by', 'Decision', 'At', 'Over', 'Facts seen', 'Comment'], made),
    'The facts shown:\n',
    table(['Fact', 'Value', 'Verdict', 'Read from', 'Read at'], shown),
  ].join('\n');
}

export function steps({ steps: all }: Contents): string {
  const parts = all.map((step) => {
    const about = facts({
      State: stepTraits(step),
      From: `${clock(step.startedAt)} to ${step.endedAt ? clock(step.endedAt) : 'the end'}`,
      Outcome: step.outcome,
      Failure: step.failure && `${step.failure.name}: ${step.failure.message}`,
    });
    const calls = step.made.map((call) => [
      clock(call.at),
      call.kind,
      call.call,
      oneLine(call.args),
      `${call.ok ? '✔' : '✖'} ${outcomeOf(call)}`,
      duration(call.ms),
      call.attempt,
    ]);
    const made = calls.length === 0 ? '' : `\n${table(['At', 'Kind', 'Call', 'With', 'Outcome', 'Took', 'Attempt'], calls)}`;
    return `### ${text(step.title)}\n\n${about}${made}`;
  });
  return `## Steps and every call they made\n\n${parts.join('\n')}`;
}

export function changes({ steps: all, run }: Contents): string {
  const rows = all.flatMap(({ title, compared }) =>
    compared.map(({ call, verdict, predicted, actual, sent }) => [
      title,
      call,
      verdict,
      oneLine(predicted),
      beside(predicted, actual),
      sent,
    ]),
  );
  const heading = run.mode === 'simulate' ? 'Every change that it would make' : 'Predicted against actual';
  return `## ${heading}\n\n${rows.length === 0 ? 'No change.\n' : table(['Step', 'Call', 'Verdict', 'Predicted', 'Actual', 'Times sent'], rows)}`;
}

/** Long arguments are not said twice. */
function beside(predicted: unknown, actual: unknown): string {
  const said = oneLine(actual);
  return said !== '' && said === oneLine(predicted) ? 'the same' : said;
}

export function timeline({ events }: Contents): string {
  const rows = events.map(({ at, kind, text: what, by }) => [clock(at), kind, what, by]);
  return `## Timeline\n\n${table(['At', 'Kind', 'What', 'By'], rows)}`;
}

export function messages({ messages: all }: Contents): string {
  const rows = all.map(({ at, to, state, text: what, problem }) => [clock(at), to, said(messageMarks[state]), what, problem]);
  return `## Messages\n\n${rows.length === 0 ? 'None.\n' : table(['At', 'To', 'State', 'Text', 'Problem'], rows)}`;
}

export function appendix({ measures, run }: Contents): string {
  const { build } = run;
  const rows = [...measures.map(({ name, value }) => [name, oneLine(value)]), ['the plan', oneLine(run.plan)]];
  const about = facts({
    Leases: run.leases.join(', ') || undefined,
    'Can still be undone': run.stillUndoable.join(', ') || undefined,
    'Written by': `Muster ${build.version}, Node ${build.node}${build.temporal ? `, Temporal ${build.temporal}` : ''}`,
    'Temporal history': historyWords(run),
  });
  return `## Plan and measures\n\n${table(['Name', 'Value'], rows)}\n${about}\nCheck this report with \`muster verify\` on its folder; it needs no network.\n`;
}
