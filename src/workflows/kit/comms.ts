import { condition } from '@temporalio/workflow';
import type { GateView, MessageView } from '../messages.ts';
import { comms } from '../tools.ts';
import { now, type Run } from './run.ts';
import { RunScope } from './scope.ts';

type Sink = MessageView['to'];

const prefixes = { live: '', simulate: 'DRY RUN, nothing is changed. ', tape: 'TAPE, nothing happens. ' };

type Status = 'investigating' | 'monitoring' | 'resolved';

/** Tells people, and never waits for it: recovery goes on whether or not anybody can be told. A `gate` may be decided where it is shown. */
export function announce(run: Run, sentence: string, to: readonly Sink[], status: Status = 'investigating', gate?: GateView): void {
  const text = `${prefixes[run.request.mode]}[${run.view.title}] ${sentence}`;
  // An exercise wakes nobody up, and customers hear nothing of it.
  const sinks = run.request.drill === undefined ? to : to.filter((sink) => sink === 'slack');
  for (const sink of sinks) {
    const message: MessageView = { to: sink, text, at: now(), state: 'sending' };
    run.view.messages.push(message);
    void new RunScope(run, false).run(() => send(run, message, status, gate));
  }
}

async function send(run: Run, message: MessageView, status: Status, gate: GateView | undefined): Promise<void> {
  try {
    const { sent, problem } = (await senders[message.to](run, message.text, status, gate)) ?? { sent: false, problem: undefined };
    message.state = run.request.mode !== 'live' ? 'simulated' : sent ? 'sent' : 'notSent';
    if (problem !== undefined) message.problem = problem;
  } catch (error) {
    Object.assign(message, { state: 'notSent', problem: error instanceof Error ? error.message : String(error) });
  }
}

type Sender = (run: Run, text: string, status: Status, gate: GateView | undefined) => Promise<{ sent: boolean; problem?: string }>;

const senders: Record<Sink, Sender> = {
  slack: ({ view: { runId, title } }, text, _status, gate) =>
    comms.notifySlack({ text, ...(gate ? { gate: { run: runId, title, gate } } : {}) }),
  pagerduty: (run, text, status) =>
    comms.notifyPagerDuty({
      action: status === 'resolved' ? 'resolve' : 'trigger',
      dedupKey: run.view.runId,
      summary: text,
      severity: 'critical',
    }),
  statuspage: (run, text, status) => comms.notifyStatuspage({ name: run.view.title, status, body: text, runId: run.view.runId }),
};

/** Gives messages that are on their way a short time to arrive; what did not stays in the record as not sent. */
export async function settleMessages(run: Run): Promise<MessageView[]> {
  const arrived = () => run.view.messages.every(({ state }) => state !== 'sending');
  await condition(arrived, 1_000);
  for (const message of run.view.messages) {
    if (message.state === 'sending') Object.assign(message, { state: 'notSent', problem: 'no answer before the run ended' });
  }
  return run.view.messages.filter(({ state }) => state === 'notSent');
}
