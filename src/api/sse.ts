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

export interface StreamOptions {
  /** Streams open at once; more are refused with 503. */
  most?: number;
  heartbeatMs?: number;
  /** Ends all streams. */
  stopping?: AbortSignal | undefined;
  onCount?: (open: number) => void;
}

/** Holds the open streams of one API. */
export function createStreams({ most = 50, heartbeatMs = 15_000, stopping, onCount = () => undefined }: StreamOptions = {}): Streams {
  let open = 0;
  return {
    send: async (request, response, source) => {
      if (open >= most)
        throw new ApiProblem(503, 'TooManyRequests', `${most} live views are open already; close one, or read the run instead.`);
      onCount(++open);
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const signal = stopping ? AbortSignal.any([gone.signal, stopping]) : gone.signal;
      // Without a worker there is no first view for a while; the client shall see that it is connected all the same.
      const opening = setTimeout(() => response.headersSent || start(response), openAfterMs);
      const heartbeat = setInterval(() => response.headersSent && response.write(': still here\n\n'), heartbeatMs);
      try {
        await forward(source(signal), response, signal, firstId(request));
      } catch (error) {
        if (gone.signal.aborted) return;
        if (!response.headersSent) throw error;
        if (!signal.aborted) response.write(`event: problem\ndata: ${JSON.stringify(problemOf(error, request.path))}\n\n`);
      } finally {
        clearTimeout(opening);
        clearInterval(heartbeat);
        onCount(--open);
        if (response.headersSent) response.end();
      }
    },
  };
}

async function forward(values: AsyncIterable<unknown>, response: Response, signal: AbortSignal, first: number): Promise<void> {
  let id = first;
  for await (const value of values) {
    if (signal.aborted) break;
    if (!response.headersSent) start(response);
    const roomLeft = response.write(`id: ${id++}\ndata: ${JSON.stringify(value)}\n\n`);
    // A slow reader gets fewer, newer views instead of a growing queue.
    if (!roomLeft) await once(response, 'drain', { signal });
  }
  if (signal.aborted && !response.headersSent) throw new ApiProblem(503, 'Stopping', 'The API is stopping; connect again in a moment.');
  if (signal.aborted) return;
  if (!response.headersSent) start(response);
  response.write('event: end\ndata: {}\n\n');
}

function start(response: Response): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  response.write('retry: 2000\n\n');
}

/** Every view is whole, so a reader that comes back needs no old ones: only the count goes on. */
function firstId(request: Request): number {
  const last = Number(request.get('last-event-id') ?? 0);
  return Number.isSafeInteger(last) && last >= 0 ? last + 1 : 1;
}
