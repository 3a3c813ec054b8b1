import type { EvidenceEntry } from '../record/evidence.ts';
import { count } from '../words/amounts.ts';
import { duration } from '../words/durations.ts';
import { stepMarks, verdictMarks, type Mark } from '../words/states.ts';
import type { Decision, Fact, GateView } from '../workflows/messages.ts';
import type { Objective, RunFacts, StepFacts } from './content.ts';

/** A sign and its word. */
export const said = ({ icon, word }: Mark): string => `${icon} ${word}`;

/** ✔ kept, ✖ missed or ? unknown: a sign and a word, never a colour alone. */
export function metWords({ met, targetMs }: Objective): string {
  if (met === null) return targetMs === null ? '? no target is set' : '? cannot be told';
  return met ? '✔ kept' : '✖ missed';
}

/** What was thought of a fact: a sign and a word. */
export function factVerdict({ verdict, informational }: Fact): string {
  return verdict === undefined ? (informational ? 'for information' : '') : said(verdictMarks[verdict]);
}

/** Which facts a person had before him when he decided. */
export function seenFacts({ digest }: Decision, gate: GateView): string {
  return digest === gate.digest ? `these, round ${gate.round}` : `those of an earlier round, digest ${digest}`;
}

/** `done, 2 tries, point of no return` */
export function stepTraits({ state, tries, pointOfNoReturn, reversible }: StepFacts): string {
  const traits = [
    stepMarks[state].word,
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
