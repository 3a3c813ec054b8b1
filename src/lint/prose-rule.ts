import type { Place, Severity } from './finding.ts';

/** A command, a step that says in words what to do, or a comment between commands. */
export type ProseKind = 'command' | 'step' | 'comment';

/** One thing to do in a runbook that is written for people; a command that is continued over lines is one. */
export interface ProseCommand extends Place {
  kind: ProseKind;
  text: string;
  /** The nearest heading above, of any level. */
  heading: string;
  /** The scenario that it belongs to: the nearest heading of at most three signs. */
  scenario: string;
  /** How many blocks of code began before it, its own among them. */
  block: number;
}

/** A trap in commands that people would type. */
export interface ProseRule {
  id: string;
  severity: Severity;
  why: string;
  instead: string;
  /** What it looks at; commands only unless said. */
  reads?: readonly ProseKind[];
  /** Those that fall into it, out of all of the file that it looks at. */
  find(commands: readonly ProseCommand[]): ProseCommand[];
}
