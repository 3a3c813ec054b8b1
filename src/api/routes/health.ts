import type { z } from 'zod';
import { readiness } from '../answers.ts';
import { route, type Route } from '../route.ts';

export type Readiness = Omit<z.output<typeof readiness>, 'ready'>;
/** Looks whether Temporal answers and a worker polls; tells problems in its answer instead of throwing. */
export type Health = () => Promise<Readiness>;

const keepMs = 1_000;

/** For probes: alive, and ready. */
export function healthRoutes(health: Health): Route[] {
  const look = keep(health);
  return [
    route(
      {
        method: 'get',
        path: '/healthz',
        permission: 'public',
        pace: 'unlimited',
        summary: 'Tell that the API lives',
        responses: { 200: { description: 'It does' } },
      },
      async () => ({ status: 200, body: { alive: true } }),
    ),
    route(
      {
        method: 'get',
        path: '/readyz',
        permission: 'public',
        pace: 'unlimited',
        summary: 'Tell whether Temporal answers and a worker polls',
        responses: {
          200: { description: 'Both', schema: readiness },
          503: { description: 'Not both; without a worker, commands are still recorded', schema: readiness },
        },
      },
      async () => {
        const found = await look();
        const ready = found.temporal && found.worker;
        return { status: ready ? 200 : 503, body: { ready, ...found } };
      },
    ),
  ];
}

/** Many probes at once are one look. */
function keep(health: Health): Health {
  let kept: { answer: Promise<Readiness>; until: number } | undefined;
  return () => {
    if (!kept || kept.until < Date.now()) kept = { answer: health(), until: Date.now() + keepMs };
    return kept.answer;
  };
}
