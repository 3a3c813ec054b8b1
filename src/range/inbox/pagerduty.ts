import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { service, type Take } from './service.ts';

/** PagerDuty's Events API v2; the routing key is not kept. */
export function pagerduty(key: string, take: Take): Express {
  return service().post('/v2/enqueue', (request, response) => {
    const event = (request.body ?? {}) as { routing_key?: unknown; dedup_key?: string };
    if (event.routing_key !== key) {
      return void response
        .status(400)
        .json({ status: 'invalid event', message: 'Event object is invalid', errors: ['invalid routing key'] });
    }
    take({ path: request.path, body: { ...event, routing_key: '***' } });
    response.status(202).json({ status: 'success', message: 'Event processed', dedup_key: event.dedup_key ?? randomUUID() });
  });
}
