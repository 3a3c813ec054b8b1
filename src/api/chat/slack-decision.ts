import { createHash } from 'node:crypto';
import type { Environment } from '../../config/environment.ts';
import { RunProblem } from '../../runs/problem.ts';
import type { Runs } from '../../runs/runs.ts';
import type { GateView } from '../../workflows/messages.ts';
import { gateForSlack } from '../../words/gate-for-slack.ts';
import { holds } from '../access.ts';
import type { GateButton } from './slack-press.ts';

/** What became of a press. */
export interface Pressed {
  by: string | undefined;
  /** For the person alone; undefined when the message says it all. */
  answer: string | undefined;
  /** What takes the place of the message. */
  message?: ReturnType<typeof gateForSlack>;
}

interface Place {
  environment: Pick<Environment, 'name' | 'title' | 'people'>;
  runs: Pick<Runs, 'command' | 'view'>;
}

/** Decides at a gate in the name of whoever pressed, as far as that person may. */
export async function decide({ environment, runs }: Place, user: string, button: GateButton): Promise<Pressed> {
  const person = environment.people.find(({ slack }) => slack === user);
  if (!person) {
    const answer = `Nothing is decided: nobody in ${environment.title} has your account ${user}. Whoever keeps the environment file can add it (people[].slack).`;
    return { by: undefined, answer };
  }
  const by = person.subject;
  if (!holds(person, 'approver'))
    return { by, answer: `Nothing is decided: that needs the role approver, and ${by} has ${person.roles.join(', ')}.` };
  const { verb, run, gate, digest } = button;
  try {
    const { applied } = await runs.command(run, verb, { gate, digest, by, id: idOf(user, button), channel: 'slack' });
    const message = await messageOf(runs, button);
    if (!applied) return { by, answer: 'It is recorded, and takes effect as soon as a worker is there.' };
    return message ? { by, answer: undefined, message } : { by, answer: `Recorded: ${by} ${verb}s.` };
  } catch (error) {
    if (!(error instanceof RunProblem)) throw error;
    // What is decided, or shows other facts now, is shown as it is.
    const message = await messageOf(runs, button, (now) => now.state !== 'open' || now.digest !== digest);
    const outcome = error.status < 500 ? 'Nothing is decided' : 'Nobody knows yet whether it is decided, so look at the run';
    return { by, answer: `${outcome}: ${error.detail}`, ...(message ? { message } : {}) };
  }
}

/** The gate as it is now; undefined when nobody can tell, or nothing has changed. */
async function messageOf(
  runs: Pick<Runs, 'view'>,
  { run, gate: id }: GateButton,
  isNews: (gate: GateView) => boolean = () => true,
): Promise<Pressed['message']> {
  const seen = await runs.view(run).catch(() => undefined);
  const gate = seen?.gates.find((one) => one.id === id);
  return seen && gate && isNews(gate) ? gateForSlack({ run, title: seen.title, gate }) : undefined;
}

/** The same for a press that comes again, also by another API. */
const idOf = (user: string, button: GateButton): string =>
  createHash('sha256')
    .update(`slack ${user} ${JSON.stringify(Object.entries(button).sort())}`)
    .digest('hex')
    .slice(0, 32);
