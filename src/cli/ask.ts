import { confirm, isCancel } from '@clack/prompts';

/** Asks yes or no on the terminal; `no` is the default, and stopping the question is no as well. */
export async function askDecision(question: string): Promise<boolean> {
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  return !isCancel(answer) && answer;
}
