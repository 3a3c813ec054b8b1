import type { RequestListener, ServerResponse } from 'node:http';
import type { GreyWay } from '../contract.ts';
import { refuse } from './forward.ts';

/** How late the answers of a slow region are. */
export const slowMs = 3_000;

/** Seven of ten in turn, spread evenly: what ails answers now and then as if nothing were wrong. */
export function ailing(): () => boolean {
  let turn = 0;
  return () => (turn += 7) % 10 < 7;
}

/** Puts a region's weather before a handler. Behind a way that goes but in, requests are still carried out. */
export function behindGrey(how: () => GreyWay | undefined, pass: RequestListener): RequestListener {
  const ails = ailing();
  return (request, response) => {
    const way = how();
    if (way === 'slow') return void setTimeout(() => response.destroyed || pass(request, response), slowMs);
    if (way === 'one-way') return pass(request, silenced(response));
    if (way === undefined || !ails()) return pass(request, response);
    if (way === 'throttled') refuse(response, 429, 'too many requests');
    else refuse(response, 503, 'the region is not well');
  };
}

/** Takes whatever is answered and sends none of it: the client sees an open connection until it gives up. */
function silenced(response: ServerResponse): ServerResponse {
  return Object.assign(response, { writeHead: () => response, write: () => true, end: () => response, flushHeaders: () => undefined });
}
