import { readFileSync } from 'node:fs';
import { ApplicationFailure } from '@temporalio/common';
import { createActivities } from '../../src/activities/index.ts';
import { classify, kindOf } from '../../src/activities/kit/kinds.ts';
import { trustActivities } from '../../src/activities/records/index.ts';
import { parseEnvironment } from '../../src/config/environment.ts';

/** A value, or a function of what was asked. */
type Answer = unknown;

export interface Fakes {
  /** Changes in the order in which they were made, e.g. `promoteDatabase west`. */
  done: string[];
  /** Names of activities that fail for good, until they are taken out again. */
  failing: Set<string>;
  /** The n-th change (from 1) fails for good, until this is cleared. */
  failAt: number | undefined;
  answers: Record<string, Answer>;
  activities: Record<string, (asked: Record<string, unknown>) => Promise<unknown>>;
  /** What a change would answer, which a dry run goes on with. */
  predict(name: string, asked: unknown): unknown;
}

const file = 'environments/range.yaml';
const environment = parseEnvironment(readFileSync(file, 'utf8'), file);
const kinds = Object.entries(createActivities(environment))
  // Whom a worker trusts is the bench's to say.
  .filter(([name]) => !(name in trustActivities(environment)))
  .map(([name, activity]) => [name, kindOf(activity)!] as const);

/**
 * Every activity that there is, made of answers: changes are noted in order and fail when told to, looks answer what the test says.
 * A look without an answer fails, so that no runbook goes on with nothing.
 */
export function fakes(answers: Record<string, Answer>): Fakes {
  const predict = (name: string, asked: unknown) => answerOf(name, asked as Record<string, unknown>, {});
  const told = { readReturn: { verdict: 'proven', why: 'a test' }, ...answers };
  const made: Fakes = { done: [], failing: new Set(), failAt: undefined, answers: told, activities: {}, predict };
  let tried = 0;
  const answerOf = (name: string, asked: Record<string, unknown>, otherwise: unknown) => {
    const answer = Object.hasOwn(made.answers, name) ? made.answers[name] : otherwise;
    return typeof answer === 'function' ? (answer as (asked: Record<string, unknown>) => unknown)(asked) : answer;
  };
  const broken = (name: string) => ApplicationFailure.nonRetryable(`${name} does not work`, 'Permanent');
  for (const [name, kind] of kinds) {
    made.activities[name] = classify(kind, async (asked: Record<string, unknown>) => {
      if (made.failing.has(name)) throw broken(name);
      if (kind === 'record') return answerOf(name, asked, name === 'acquireLeases' ? { granted: true } : undefined);
      if (kind === 'notify') return { sent: true };
      if (kind === 'change') {
        tried += 1;
        if (made.failAt === tried) throw broken(name);
        made.done.push(
          [name, ...['region', 'instance', 'to'].flatMap((key) => (typeof asked[key] === 'string' ? [asked[key]] : []))].join(' '),
        );
        return answerOf(name, asked, {});
      }
      if (kind === 'proof') return answerOf(name, asked, undefined);
      if (!Object.hasOwn(made.answers, name)) throw ApplicationFailure.nonRetryable(`the test has no answer for ${name}`, 'NoAnswer');
      return answerOf(name, asked, undefined);
    });
  }
  return made;
}
