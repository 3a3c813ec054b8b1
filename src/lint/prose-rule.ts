import type { Place, Severity } from './finding.ts';

/** One command of a runbook that is written for people; what is continued over lines is one. */
export interface ProseCommand extends Place {
  text: string;
  /** The nearest heading above, of any level. */
  heading: string;
  /** The scenario that it belongs to: the nearest heading of at most three signs. */
  scenario: string;
  /** Which block of code it stands in. */
  block: number;
}

/** A trap in commands that people would type. */
export interface ProseRule {
  id: string;
  severity: Severity;
  why: string;
  instead: string;
  /** The commands that fall into it, out of all of the file. */
  find(commands: readonly ProseCommand[]): ProseCommand[];
}
