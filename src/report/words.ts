import type { EvidenceEntry } from '../record/evidence.ts';
import type { Decision, Fact, GateView, RunState } from '../workflows/messages.ts';
import type { Objective, RunFacts, StepFacts } from './content.ts';

/** `0 s`, `87 ms`, `4.2 s`, `1 min 59.5 s`, `12 min 41 s`, `1 h 04 min`. */
export function duration(ms: number): string {
  if (ms < 1) return '0 s';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${Number((ms / 1_000).toFixed(2))} s`;
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 599_950) return minutes(Math.round(ms / 100) / 10);
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return minutes(seconds);
  const whole = Math.round(seconds / 60);
  return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`;
}

/** A duration that may not have been measured. */
export function durationOr(ms: number | null | undefined, otherwise = 'not measured'): string {
  return ms === null || ms === undefined ? otherwise : duration(ms);
}

/** `14:03:22.123 UTC`; a text that is no time stays as it is. */
export function clock(time: string): string {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(11, 23)} UTC`;
}

/** `2026-03-14 14:03:22 UTC` */
export function dateAndTime(time: string): string {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en-GB')} ${amount === 1 ? one : many}`;
}

/** `Ana`, `Ana and Ben`, `Ana, Ben and Sam`. */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const states: Record<RunState, string> = {
  pending: 'has not started',
  inProgress: 'was still going on',
  pendingApproval: 'was waiting for people',
  pausedByFailedStep: 'was waiting at a failed step',
  pausedByOperator: 'was paused by an operator',
  completed: 'finished',
  completedWithExceptions: 'finished, with steps left out',
  timedOut: 'ended because nobody decided in time',
  failed: 'failed',
  canceled: 'was ended before it was finished',
  compensating: 'was undoing its steps',
  compensated: 'was undone',
  compensationFailed: 'was ended, and not everything could be undone',
  handedOver: 'was handed over to another run',
  blockedByLease: 'was refused, because another run holds what it would change',
};

export const stateWords = (state: RunState): string => states[state];

/** ✔ kept, ✖ missed or ? unknown: a sign and a word, never a colour alone. */
export function metWords({ met, targetMs }: Objective): string {
  if (met === null) return targetMs === null ? '? no target is set' : '? cannot be told';
  return met ? '✔ kept' : '✖ missed';
}

/** `2.4 s ± 2`, `yes`, `unknown`; what follows ± is how far it may move before an approval no longer counts. */
export function factValue({ value, unit, tolerance, verdict }: Fact): string {
  if (value === null) return verdict === 'notTried' ? 'not tried in a dry run' : 'unknown';
  const said = typeof value === 'boolean' ? (value ? 'yes' : 'no') : timeOr(String(value));
  return `${said}${unit === undefined ? '' : ` ${unit}`}${tolerance ? ` ± ${tolerance}` : ''}`;
}

/** What was thought of a fact: a sign and a word. */
export function factVerdict({ verdict, informational }: Fact): string {
  if (verdict === 'good') return '✔ good';
  if (verdict === 'bad') return '✖ bad';
  if (verdict === 'notTried') return '– not tried';
  return verdict === 'unknown' ? '? unknown' : informational ? 'for information' : '';
}

/** Which facts a person had before him when he decided. */
export function seenFacts({ digest }: Decision, gate: GateView): string {
  return digest === gate.digest ? `these, round ${gate.round}` : `those of an earlier round, digest ${digest}`;
}

/** `completed, 2 tries, point of no return` */
export function stepTraits({ state, tries, pointOfNoReturn, reversible }: StepFacts): string {
  const traits = [
    state,
    ...(tries > 1 ? [`${tries} tries`] : []),
    ...(pointOfNoReturn ? ['point of no return'] : []),
    ...(reversible ? ['can be undone'] : []),
  ];
  return traits.join(', ');
}

/** What is known of the Temporal history beside a report. */
export function historyWords({ history, historyProblem }: RunFacts): string {
  if (history) return `history.json, ${count(history.events, 'event')} up to the writing of this report, SHA-256 ${history.sha256}`;
  return `not beside this report${historyProblem === undefined ? '' : `: ${historyProblem}`}`;
}

/** How much of the deciding the run really waited for; the rest went on beside other work. */
export function waitedWords(peopleMs: number, decisionMs: number): string {
  if (peopleMs === 0) return decisionMs === 0 ? 'the run waited for nobody' : 'all of it beside other work';
  return `the run waited ${duration(peopleMs)} for people in all`;
}

/** Makes characters that would hide or turn text around visible, so that nobody reads something else than was recorded. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\n' || character === '\t' || character === '\u200d' ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** What a call answered, and how often when equal answers in a row were kept as one. */
export function outcomeOf({ outcome, times }: EvidenceEntry): string {
  return times === undefined ? outcome : `${outcome} (${times} times in a row)`;
}

/** Any value of the record on one line. */
export function oneLine(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function minutes(seconds: number): string {
  const rest = Number((seconds % 60).toFixed(1));
  return `${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
}

function timeOr(text: string): string {
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? `${text.slice(0, 10)} ${clock(text)}` : text;
}

function isoOf(time: string): string | undefined {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
