import type { RequestListener } from 'node:http';
import type { Fault } from '../contract.ts';

/** How a service fails: see the fault `inbox-down`. */
export type Trouble = NonNullable<Extract<Fault, { kind: 'inbox-down' }>['how']>;

/** A handler whose service may be in trouble; one that refuses has no listener at all. */
export function withTrouble(handler: RequestListener, trouble: () => Trouble | undefined): RequestListener {
  return (request, response) => {
    const reading = request.method === 'GET';
    switch (trouble()) {
      case 'stall':
        return;
      case 'error':
        return void response.writeHead(500).end('out of order');
      case 'limit':
        return void response.writeHead(429, { 'retry-after': '1' }).end('too many requests');
      case 'lose-answers':
        if (!reading) response.end = () => response.destroy();
    }
    handler(request, response);
  };
}
