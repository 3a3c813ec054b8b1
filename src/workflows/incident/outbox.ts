import { ActivityFailure, ApplicationFailure, condition } from '@temporalio/workflow';
import { StepScope } from '../kit/scope.ts';
import { Failure } from '../failures.ts';
import { sinks } from '../tools.ts';
import type { Delivery, Links, OutgoingMessage, Post } from './messages.ts';
import { now, tell } from './record.ts';
import type { Life } from './life.ts';
import type { Incident } from './view.ts';

/** A message that leaves later than this says so. */
const lateAfterMs = 60_000;
const firstWaitMs = 30_000;
const longestWaitMs = 5 * 60_000;

/** Whose order must be kept: a channel, a mailbox, a pager, a page, a ticket. One that takes nothing holds back no other. */
function receiverOf({ post }: OutgoingMessage): string {
  if (post.sink === 'slack') return `slack ${post.act === 'open-channel' ? 'incident' : post.channel}`;
  return post.sink === 'email' ? `email ${post.to}` : post.sink;
}

/** Sends what waits, to each receiver in order; one that takes nothing is tried until it does, and nothing waits for it. */
export async function sendMessages(life: Life): Promise<void> {
  const sending = new Map<string, Promise<void>>();
  const idle = () => life.incident.messages.find((message) => message.state === 'waiting' && !sending.has(receiverOf(message)));
  while (!life.leaving) {
    await condition(() => life.leaving || idle() !== undefined);
    for (let message = idle(); message && !life.leaving; message = idle()) {
      const receiver = receiverOf(message);
      sending.set(
        receiver,
        sendTo(life, receiver).finally(() => sending.delete(receiver)),
      );
    }
  }
  await Promise.all(sending.values());
}

/** What no sink has taken when nobody sends any more is given up, and the timeline says so. */
export function giveUp(incident: Incident): void {
  for (const message of incident.messages.filter(({ state }) => state === 'waiting')) {
    message.state = 'givenUp';
    tell(
      incident,
      'message',
      `"${message.about}" is given up; ${message.post.sink} did not take it: ${message.problem ?? 'its turn never came'}`,
    );
  }
}

async function sendTo(life: Life, receiver: string): Promise<void> {
  const first = () => life.incident.messages.find((message) => message.state === 'waiting' && receiverOf(message) === receiver);
  for (let message = first(); message && !life.leaving; message = first()) {
    if (await send(life, message)) continue;
    await condition(() => life.leaving, Math.min(firstWaitMs * 2 ** Math.min(message.tries - 1, 10), longestWaitMs));
  }
}

async function send({ incident }: Life, message: OutgoingMessage): Promise<boolean> {
  message.tries += 1;
  const late = Date.now() - Date.parse(message.dueAt) > lateAfterMs;
  try {
    Object.assign(incident.links, await deliver(incident, message, late));
    delete message.problem;
    Object.assign(message, { state: 'sent', sentAt: now() });
    if (late) message.late = true;
    return true;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    const problem = cause instanceof Error ? cause.message : String(cause);
    if (message.tries === 1)
      tell(incident, 'message', `${message.post.sink} did not take "${message.about}"; it is tried again: ${problem}`);
    message.problem = problem;
    // Also when it ended without a word: a worker that dies has perhaps just sent it.
    if (!(cause instanceof ApplicationFailure) || cause.type === Failure.UnknownOutcome) message.unsure = true;
    // No such sink, or a text that it can never take: trying again would only hold back what comes after it.
    if (!(cause instanceof ApplicationFailure) || cause.type !== Failure.InvalidInput) return false;
    message.state = 'givenUp';
    tell(incident, 'message', `"${message.about}" is not sent to ${message.post.sink}: ${problem}`);
    return true;
  }
}

/** The step's name is the message's, so that every try of it is the same operation. */
function deliver(incident: Incident, { id, about, post, dueAt, unsure }: OutgoingMessage, late: boolean): Promise<Partial<Links>> {
  const { number, title, milestones, drill, links } = incident;
  const delivery: Omit<Delivery, 'post'> = {
    id,
    incident: { number, title, startedAt: milestones.startedAt, drill },
    links,
    ...(late ? { dueAt } : {}),
    ...(unsure ? { unsure } : {}),
  };
  return incidentScope(incident, { id, title: about }).run(() => deliverBy(post, delivery));
}

/** Code inside belongs to the incident, and is one operation of it. */
export function incidentScope({ number, environment, title, declaredBy }: Incident, step: { id: string; title: string }): StepScope {
  const request = { environment, mode: 'live' as const, requestedBy: declaredBy ?? 'policy' };
  return new StepScope({ request, view: { runId: number, title } }, { ...step, evidence: [], predicted: [] });
}

function deliverBy(post: Post, rest: Omit<Delivery, 'post'>): Promise<Partial<Links>> {
  switch (post.sink) {
    case 'slack':
      return sinks.deliverSlack({ post, ...rest });
    case 'pagerduty':
      return sinks.deliverPagerDuty({ post, ...rest });
    case 'statuspage':
      return sinks.deliverStatuspage({ post, ...rest });
    case 'ticket':
      return sinks.deliverTicket({ post, ...rest });
    case 'email':
      return sinks.deliverEmail({ post, ...rest });
  }
}
