import express, { type ErrorRequestHandler, type Express } from 'express';
import { z } from 'zod';
import type { AcknowledgedOrder, AwsCall, ConsumerStatus, Fault, InboxMessage, Outage, RangeStatus, RegionName } from './contract.ts';
import { faultSchema, healSchema, type Healing } from './fault-schema.ts';
import { rangeMetrics } from './metrics.ts';
import type { Traffic } from './shop/traffic.ts';

/** What the control API offers. */
export interface Controls {
  status(): Promise<RangeStatus>;
  break(fault: Fault): Promise<void>;
  heal(what: Healing): Promise<void>;
  calls(): AwsCall[];
  clearCalls(): void;
  traffic: Pick<Traffic, 'by' | 'follow'>;
  consumers(): Record<RegionName, ConsumerStatus>;
  messages(): InboxMessage[];
  acknowledged(since?: Date): AcknowledgedOrder[];
  outage(since?: Date): Outage;
  resetOutage(): void;
}

const trafficSchema = z.strictObject({ by: z.enum(['records', 'switch', 'arc']) });
const breakSchema = z.object({ outage: z.literal('new').optional() });
const sinceSchema = z.object({ since: z.iso.datetime({ offset: true }).optional() });

function sinceOf(query: unknown): Date | undefined {
  const { since } = sinceSchema.parse(query);
  return since === undefined ? undefined : new Date(since);
}

/** The range's control API over HTTP; `contract.ts` lists its addresses. */
export function createControl(controls: Controls): Express {
  const app = express().disable('x-powered-by');
  app.use((request, response, next) => {
    // Programs of this machine may break the range; a page in somebody's browser may not.
    if (request.headers.origin === undefined) next();
    else response.status(403).json({ detail: 'the range is not for web pages' });
  });
  app.use(express.json({ limit: '10kb' }));
  app.get('/status', async (_request, response) => void response.json(await controls.status()));
  app.get('/metrics', async (_request, response) => {
    const { type, text } = await rangeMetrics(await controls.status());
    response.type(type).send(text);
  });
  app.post('/break', async (request, response) => {
    const fault = faultSchema.parse(request.body);
    if (breakSchema.parse(request.query).outage) controls.resetOutage();
    await controls.break(fault);
    response.json(await controls.status());
  });
  app.post('/heal', async (request, response) => {
    await controls.heal(healSchema.parse(request.body ?? {}));
    response.json(await controls.status());
  });
  app.get('/calls', (_request, response) => void response.json({ calls: controls.calls() }));
  app.delete('/calls', (_request, response) => {
    controls.clearCalls();
    response.status(204).end();
  });
  app.get('/traffic', (_request, response) => void response.json({ by: controls.traffic.by() }));
  app.post('/traffic', (request, response) => {
    controls.traffic.follow(trafficSchema.parse(request.body).by);
    response.json({ by: controls.traffic.by() });
  });
  app.get('/consumers', (_request, response) => void response.json(controls.consumers()));
  app.get('/inbox', (_request, response) => void response.json({ messages: controls.messages() }));
  app.get('/customers/acknowledged', ({ query }, response) => void response.json({ orders: controls.acknowledged(sinceOf(query)) }));
  app.get('/customers/outage', ({ query }, response) => void response.json({ outage: controls.outage(sinceOf(query)) }));
  app.post('/customers/reset-outage', (_request, response) => {
    controls.resetOutage();
    response.json({ outage: controls.outage() });
  });
  app.use((request, response) => void response.status(404).json({ detail: `the range has no ${request.method} ${request.path}` }));
  return app.use(sayWhy);
}

const sayWhy: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) => {
  const isBadInput = error instanceof z.ZodError;
  const detail = isBadInput ? z.prettifyError(error) : error.message;
  response.status(isBadInput ? 400 : (error.status ?? 500)).json({ detail });
};
