import { isCancel, select, text } from '@clack/prompts';
import { AnswerProblem } from './answers.ts';

export interface Question {
  /** Option of the command line that answers it. */
  option: string;
  /** The region that it is about: `--option REGION=…`, or one for all of them. */
  region?: string;
  asks: string;
  /** Taken when nobody says otherwise; an empty text says no. */
  usual?: string | undefined;
  /** Answers that were found, or with `closed` the only ones that there are. */
  among?: readonly string[];
  closed?: boolean;
  /** What is wrong with an answer. */
  check?: (answer: string) => string | undefined;
}

/** Answers one question; an answer has passed its check. */
export type Ask = (question: Question) => Promise<string>;

/** What was said on the command line comes first; then people are asked, or the usual answer is taken. */
export function asker(given: ReadonlyMap<string, string>, how: 'terminal' | 'usual' | 'given only'): Ask {
  return async (question) => {
    const { option, region, usual, asks } = question;
    const forAll = given.get(option);
    const said = region === undefined ? forAll : (given.get(`${option} ${region}`) ?? forAll?.replaceAll('{region}', region));
    if (said === undefined && how === 'terminal') return askOnTerminal(question);
    const named = `--${option}${region === undefined ? '' : ` ${region}=…`}`;
    const answer = said ?? (how === 'usual' ? usual : undefined);
    if (answer === undefined) {
      const rest = how === 'usual' ? '' : '; --yes takes the usual answers';
      throw new AnswerProblem(`without a terminal nobody can be asked "${asks}": say ${named}${rest}`);
    }
    const problem = problemOf(question, answer);
    if (problem !== undefined) throw new AnswerProblem(`${named} ${answer}: ${problem}`);
    return answer;
  };
}

function problemOf({ among = [], closed = false, check }: Question, answer: string): string | undefined {
  if (closed && !among.includes(answer)) return `use ${among.join(', ')}`;
  return check?.(answer);
}

const other = 'something else …';

async function askOnTerminal(question: Question): Promise<string> {
  const { asks, usual = '', among = [], closed = false } = question;
  if (among.length > 1) {
    const options = [...among, ...(closed ? [] : [other])].map((value) => ({ value, label: value === '' ? 'none' : value }));
    const chosen = await select({ message: asks, options, initialValue: among.includes(usual) ? usual : among[0]! });
    if (isCancel(chosen)) throw new AnswerProblem('ended; nothing was written');
    if (chosen !== other) return chosen;
  }
  const wrong = (answer: string | undefined) => problemOf(question, answer === undefined || answer === '' ? usual : answer);
  const answer = await text({ message: asks, placeholder: usual, defaultValue: usual, validate: wrong });
  if (isCancel(answer)) throw new AnswerProblem('ended; nothing was written');
  return answer;
}
