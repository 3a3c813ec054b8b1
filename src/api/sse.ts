import { once } from 'node:events';
import type { Request, Response } from 'express';
import { ApiProblem, problemOf } from './errors.ts';

export interface Streams {
  /**
   * Sends everything that `source` yields as server-sent events until it ends, the client goes or the API stops.
   * Values are unnamed events; `end` says that no more will come, `problem` that the source failed. Throws while nothing was sent yet.
   */
  send(request: Request, response: Response, source: (signal: AbortSignal) => AsyncIterable<unknown>): Promise<void>;
}

const openAfterMs = 1_000;
const lookEveryMs = 1_000;

export interface StreamOptions {
  /** Streams open at once; more are refused with 503. */
  most?: number;
  /** Of one person; more are refused with 429, so that nobody shuts the others out. */
  mostEach?: number;
  /** Who asks; throws once their session or token is over, which ends the stream. */
  access: (request: Request) => { person: { subject: string } };
  heartbeatMs?: number;
  /** Ends all streams. */
  stopping?: AbortSignal | undefined;
  onCount?: (open: number) => void;
}

/** Holds the open streams of one API. */
export function createStreams(options: StreamOptions): Streams {
  const { most = 50, mostEach = 10, heartbeatMs = 15_000, stopping, access, onCount = () => undefined } = options;
  let open = 0;
  const openOf = new Map<string, number>();
  const count = (subject: string, more: 1 | -1) => {
    onCount((open += more));
    const now = (openOf.get(subject) ?? 0) + more;
    if (now > 0) openOf.set(subject, now);
    else openOf.delete(subject);
  };
  return {
    send: async (request, response, source) => {
      if (request.method === 'HEAD') return answerHead(response, source);
      const { subject } = access(request).person;
      if ((openOf.get(subject) ?? 0) >= mostEach)
        throw new ApiProblem(
          429,
          'TooManyRequests',
          `${mostEach} live views of ${subject} are open already; close one, or read the run instead.`,
        );
      if (open >= most)
        throw new ApiProblem(503, 'TooManyRequests', `${most} live views are open already; close one, or read the run instead.`);
      count(subject, 1);
      const [gone, over] = [new AbortController(), new AbortController()];
      response.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, over.signal, ...(stopping ? [stopping] : [])]);
      const mayGoOn = () => {
        try {
          access(request);
        } catch (refusal) {
          over.abort(refusal);
        }
      };
      // Without a worker there is no first view for a while; the client shall see that it is connected all the same.
      const opening = setTimeout(() => response.headersSent || start(response), openAfterMs);
      const looking = setInterval(mayGoOn, Math.min(heartbeatMs, lookEveryMs));
      const heartbeat = setInterval(() => {
        if (response.headersSent && !signal.aborted) response.write(': still here\n\n');
      }, heartbeatMs);
      try {
        await forward(source(signal), response, signal, { first: firstId(request), mayGoOn });
      } catch (error) {
        if (gone.signal.aborted) return;
        if (!response.headersSent) throw over.signal.aborted ? over.signal.reason : error;
        if (!signal.aborted || over.signal.aborted)
          response.write(
            `event: problem\ndata: ${JSON.stringify(problemOf(over.signal.aborted ? over.signal.reason : error, request.path))}\n\n`,
          );
      } finally {
        clearTimeout(opening);
        clearInterval(heartbeat);
        clearInterval(looking);
        count(subject, -1);
        if (response.headersSent) response.end();
      }
    },
  };
}

/** Whether there is something to follow, for who asks without wanting to. */
async function answerHead(response: Response, source: (signal: AbortSignal) => AsyncIterable<unknown>): Promise<void> {
  const enough = new AbortController();
  const late = setTimeout(() => enough.abort(), openAfterMs);
  try {
    for await (const _first of source(enough.signal)) break;
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  } finally {
    clearTimeout(late);
    enough.abort();
  }
  response.writeHead(200, headers).end();
}

async function forward(
  values: AsyncIterable<unknown>,
  response: Response,
  signal: AbortSignal,
  { first, mayGoOn }: { first: number; mayGoOn: () => void },
): Promise<void> {
  let id = first;
  for await (const value of values) {
    mayGoOn();
    if (signal.aborted) break;
    if (!response.headersSent) start(response);
    const roomLeft = response.write(`id: ${id++}\ndata: ${JSON.stringify(value)}\n\n`);
    // A slow reader gets fewer, newer views instead of a growing queue.
    if (!roomLeft) await once(response, 'drain', { signal });
  }
  if (signal.reason instanceof ApiProblem) throw signal.reason;
  if (signal.aborted && !response.headersSent) throw new ApiProblem(503, 'Stopping', 'The API is stopping; connect again in a moment.');
  if (signal.aborted) return;
  if (!response.headersSent) start(response);
  response.write('event: end\ndata: {}\n\n');
}

const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };

function start(response: Response): void {
  response.writeHead(200, headers);
  response.write('retry: 2000\n\n');
}

/** Every view is whole, so a reader that comes back needs no old ones: only the count goes on. */
function firstId(request: Request): number {
  const last = Number(request.get('last-event-id') ?? 0);
  return Number.isSafeInteger(last) && last >= 0 ? last + 1 : 1;
}
