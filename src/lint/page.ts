import type ts from 'typescript';
import type { Kind } from '../activities/kit/index.ts';

/** The kit's words that do or ask something; `bare` is an activity that is called past the kit. */
export const words = ['step', 'check', 'measure', 'learn', 'gate', 'ask', 'watch', 'rest', 'runs', 'handOver', 'leaveBehind'] as const;
export type Word = (typeof words)[number] | 'bare';

/** One call of a tool. `args` holds what its fields are called where the page gets them, e.g. `{ region: 'from' }`. */
export interface Call {
  tool: string;
  activity: string;
  kind: Kind | undefined;
  args: Readonly<Record<string, string>>;
  node: ts.Node;
}

/** An arm of an `if`, of a choice, or of `parallel`. */
export interface Branch {
  kind: 'if' | 'parallel';
  node: ts.Node;
  arm: string;
  condition: string;
}

/** One sentence of a page, in the order in which it is written; procedures are read in place. */
export interface Act {
  index: number;
  word: Word;
  sentence: string;
  calls: Call[];
  undo: { calls: Call[] } | undefined;
  pointOfNoReturn: boolean;
  branches: readonly Branch[];
  trail: readonly ts.Node[];
}

export interface Page {
  /** The workflow's name. */
  name: string;
  /** The call of `runbook`. */
  node: ts.Node;
  /** The call of `runbook` or its `leases`, and whether it takes any. */
  leases: { node: ts.Node; some: boolean };
  acts: readonly Act[];
}

export const changesOf = ({ calls }: Act): Call[] => calls.filter(({ kind }) => kind === 'change');

/** True when `a` comes before `b` on some way through the page; arms of one choice, and of one `parallel`, never do. */
export function precedes(a: Act, b: Act): boolean {
  const apart = a.branches.some(({ node, arm }) => b.branches.some((other) => other.node === node && other.arm !== arm));
  return a.index < b.index && !apart;
}

/** True when `a` comes before `b` on every way to `b`: each condition of `a` is one of `b` too. */
export function alwaysPrecedes(a: Act, b: Act): boolean {
  const under = a.branches.filter(({ kind }) => kind === 'if');
  return precedes(a, b) && under.every(({ node, arm }) => b.branches.some((other) => other.node === node && other.arm === arm));
}

/** How a finding names an act. */
export function named({ word, sentence, calls }: Act): string {
  return sentence === '' ? `the call of ${calls[0]?.activity ?? word}` : `"${sentence}"`;
}
