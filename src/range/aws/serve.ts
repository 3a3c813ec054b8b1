import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { errorAnswer, Refusal, unavailable, type Answer } from './answers.ts';
import { readCall, type Call, type Place } from './call.ts';
import { faultAnswer, reset, type AwsFault, type Faults } from './faults.ts';
import type { CallLog } from './log.ts';
import { refuseUnlessSigned } from './signature.ts';

/** What every call goes through. */
export interface Passage {
  secret: string;
  faults: Faults;
  calls: CallLog;
  /** Makes it happen, in the real parts and in moto; throws a Refusal when AWS would say no. */
  commit(call: Call): Promise<Answer>;
  /** AWS region that calls must be signed for; that of the place when left out. */
  signedFor?: string;
  log(line: string): void;
}

/** Serves one endpoint: reads the call, logs it, lets a fault have its way, answers. */
export function serve(passage: Passage, place: Place): RequestListener {
  return (request, response) => {
    handle(passage, place, request, response).catch((error: unknown) => {
      // A client that goes away in the middle of its request is none of our failures.
      if (!request.destroyed) passage.log(`the gateway failed at ${request.method} ${request.url}: ${String(error)}`);
      response.destroy();
    });
  };
}

async function handle(passage: Passage, place: Place, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = await readCall(request, place);
  const entry = passage.calls.begin(call);
  const commit = async () => {
    const answer = await answerTo(passage, call);
    entry.status = answer.status;
    return answer;
  };
  const fault = passage.faults.take(call);
  if (fault) entry.fault = `${fault.how} ${fault.when}`;
  const answer = await (fault ? answerWithFault(passage.faults, fault, call, commit, response) : commit());
  if (answer === 'reset') return reset(response.socket);
  if (answer === 'gone' || response.destroyed) return;
  if (fault?.when !== 'after') entry.status = answer.status;
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** `gone` when the client gave up before anything happened. */
async function answerWithFault(
  faults: Faults,
  fault: AwsFault,
  call: Call,
  commit: () => Promise<Answer>,
  response: ServerResponse,
): Promise<Answer | 'reset' | 'gone'> {
  const committed = fault.when === 'after' ? await commit() : undefined;
  if (fault.how !== 'stall') return faultAnswer(fault, call) ?? 'reset';
  const stillThere = await faults.stall(fault, response);
  return committed ?? (stillThere ? commit() : 'gone');
}

async function answerTo(passage: Passage, call: Call): Promise<Answer> {
  try {
    refuseUnlessSigned(call, passage.secret, passage.signedFor);
    return await passage.commit(call);
  } catch (error) {
    if (error instanceof Refusal) return errorAnswer(call, error);
    passage.log(`the gateway could not answer ${call.service}:${call.action}: ${String(error)}`);
    return unavailable(call, 'The practice range could not answer.');
  }
}
