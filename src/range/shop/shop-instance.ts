import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { Counter, Registry } from 'prom-client';
import { z } from 'zod';
import type { RegionName } from '../contract.ts';
import { createListener, type Listener } from '../net/listener.ts';
import { accountRoutes } from './account.ts';
import { createAnswerLog } from './answer-log.ts';
import type { OrderStore } from './order-store.ts';
import type { Release } from './releases.ts';

/** One instance of the order service: an HTTP server of its own. */
export interface ShopInstance extends Listener {
  readonly id: string;
  /** While it hangs it takes requests and answers none. */
  hang(on: boolean): void;
}

const orderId = z.string().regex(/^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i, 'use a UUID');
const newOrder = z.strictObject({ id: orderId.optional(), item: z.string().min(1).max(200).default('one of each') });

/** An instance that is not open yet; `customer` is the password of the customers' account. */
export async function createShopInstance(
  id: string,
  region: RegionName,
  store: OrderStore,
  customer: string,
  release: Release,
): Promise<ShopInstance> {
  let hanging = false;
  const app = orderService(id, region, store, customer, release);
  const listener = await createListener((request, response) => {
    if (!hanging) app(request, response);
  });
  return { ...listener, id, hang: (on) => (hanging = on) };
}

function orderService(id: string, region: RegionName, store: OrderStore, customer: string, release: Release): Express {
  let owed = 0;
  const registry = new Registry();
  const answers = new Counter({
    name: 'shop_answers_total',
    help: 'Answers by status',
    labelNames: ['status'],
    registers: [registry],
  });
  const log = createAnswerLog(registry);
  const app = express().disable('x-powered-by');
  app.use(log.note);
  app.use((_request, response, next) => {
    response.setHeader('x-release', release.name);
    response.once('finish', () => answers.inc({ status: response.statusCode }));
    next();
  });
  app.get('/health', (_request, response) => void response.json({ instance: id, region, release: release.name }));
  app.get('/health/ready', async (_request, response) => {
    const reason = await store.notWritableBecause();
    response.status(reason ? 503 : 200).json({ instance: id, region, ready: !reason, ...(reason && { reason }) });
  });
  app.get('/metrics', async (_request, response) => void response.type(registry.contentType).send(await registry.metrics()));
  app.get('/logs', log.show);
  app.use(accountRoutes(customer));
  app.post('/orders', express.json({ limit: '10kb' }), async (request, response) => {
    const wanted = newOrder.safeParse(request.body ?? {});
    if (!wanted.success) return void response.status(400).json({ detail: z.prettifyError(wanted.error) });
    owed += release.errorShare;
    if (owed >= 1) {
      owed -= 1;
      return void response.status(500).json({ detail: 'something went wrong' });
    }
    const { order, existed } = await store.place({ id: wanted.data.id ?? randomUUID(), item: wanted.data.item });
    response.status(existed ? 200 : 201).json(order);
  });
  app.get('/orders/:id', async (request, response) => {
    const order = orderId.safeParse(request.params.id).success ? await store.find(request.params.id) : undefined;
    if (order) response.json(order);
    else response.status(404).json({ detail: 'there is no order of this id' });
  });
  const sayWhy: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) => {
    response.status(error.status ?? 503).json({ detail: error.message });
  };
  return app.use(sayWhy);
}
