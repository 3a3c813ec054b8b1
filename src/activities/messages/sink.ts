import type { z } from 'zod';
import type { Delivery, Links, Post } from '../../workflows/incident/messages.ts';
import { Failure } from '../../workflows/failures.ts';
import {
  activityContext,
  asFailure,
  type Classified,
  classify,
  currentStep,
  failure,
  HttpAnswer,
  type HttpRequest,
  type HttpResult,
  redactText,
  requestGood,
  sentenceOf,
  short,
  verdictOf,
} from '../kit/index.ts';

const drillMark = 'DRILL';
const drillBeginning = /^DRILL[:\s]+/;
const callMs = 4_000;
/** Shorter than the activity's own time limit, so that it says itself how it ended. */
const allMs = 12_000;
const lateMs = 60_000;

/** One message on its way: what is asked, and whether an earlier try may have arrived. */
export interface Sending<P extends Post> extends Delivery<P> {
  /** Text as it leaves: redacted, at most so many characters, and marked when it is late. */
  say(text: string, longest: number, repeat?: boolean): string;
}

/**
 * An activity that hands one message of an incident to a sink. It throws Transient when the message surely did not arrive, UnknownOutcome when
 * it, or a try before it, may have, Permanent when the sink refuses it, and InvalidInput for a drill's message that does not say so.
 */
export function delivers<P extends Post>(
  run: (sending: Sending<P>) => Promise<Partial<Links>>,
): Classified<'notify', Delivery<P>, Partial<Links>> {
  return classify('notify', async (delivery: Delivery<P>) => {
    refuseHiddenDrill(delivery);
    const unsure = delivery.unsure === true || currentStep().carried.unsure;
    const dueAt = delivery.dueAt ?? waitedSince();
    const late = dueAt === undefined ? '' : `(late: was due ${timeOf(dueAt, delivery.incident.startedAt)} UTC) `;
    const say = (text: string, longest: number, repeat = false) =>
      short(afterDrillMark(`${repeat ? '(may be a repeat) ' : ''}${late}`, redactText(text)), longest);
    try {
      return await run({ ...delivery, unsure, say });
    } catch (error) {
      const failed = asFailure(error, 'change');
      // The try before may have arrived although this one did not: only the incident remembers that longer than the two.
      if (currentStep().carried.unsure && verdictOf(failed) === 'retry') throw failure(Failure.UnknownOutcome, failed.message);
      throw failed;
    }
  });
}

/** One request of a delivery, within what is left of its time. */
export async function ask(asked: Pick<HttpRequest, 'url' | 'method' | 'headers' | 'body' | 'kind'>): Promise<HttpResult> {
  const left = currentStep().startedAt + allMs - Date.now();
  if (left <= 0) throw failure(Failure.Transient, 'there was no time left to ask; the next try goes on');
  const limits = { timeoutMs: Math.min(callMs, left), maxBytes: 4 * 1024 * 1024 };
  return asked.kind === 'read' ? repeatable(() => requestGood({ ...asked, ...limits })) : requestGood({ ...asked, ...limits });
}

/** Reads what a sink answered; throws HttpAnswer when it does not look as it should. */
export function answered<T>(schema: z.ZodType<T>, answer: unknown, who: string): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new HttpAnswer(`the answer is not one of ${who}`, 200);
  return parsed.data;
}

/** Makes a failure after a first effect one of unknown outcome: the next try must look for what this one left. */
export async function afterEffect<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw verdictOf(error) === 'permanent' ? error : failure(Failure.UnknownOutcome, sentenceOf(error), retryOf(error));
  }
}

/** What may be asked twice without harm is simply tried again when nobody knows how it ended. */
export async function repeatable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw verdictOf(error) === 'unknown' ? failure(Failure.Transient, sentenceOf(error), retryOf(error)) : error;
  }
}

function retryOf(error: unknown): { retryAfterMs?: number } {
  return error instanceof HttpAnswer && error.retryAfterMs !== undefined ? { retryAfterMs: error.retryAfterMs } : {};
}

function refuseHiddenDrill({ incident, post }: Delivery): void {
  if (!incident.drill) return;
  const hidden = Object.entries(post).find(([field, text]) => shown.has(field) && typeof text === 'string' && !text.startsWith(drillMark));
  if (hidden) throw failure(Failure.InvalidInput, `the message of a drill must begin with ${drillMark}, but its ${hidden[0]} does not`);
}

const shown: ReadonlySet<string> = new Set(['text', 'topic', 'summary', 'title', 'body', 'subject']);

function afterDrillMark(marks: string, text: string): string {
  const beginning = drillBeginning.exec(text)?.[0] ?? '';
  return `${beginning}${marks}${text.slice(beginning.length)}`;
}

/** A worker that was away for long brings a message late that was in time when it was asked for. */
function waitedSince(): string | undefined {
  const scheduled = activityContext()?.info.scheduledTimestampMs;
  return scheduled !== undefined && Date.now() - scheduled > lateMs ? new Date(scheduled).toISOString() : undefined;
}

function timeOf(at: string, startedAt: string): string {
  const [day, time] = [at.slice(0, 10), at.slice(11, 16)];
  return day === startedAt.slice(0, 10) ? time : `${day} ${time}`;
}
