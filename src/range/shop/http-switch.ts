import express from 'express';
import { z } from 'zod';
import { createListener, type Listener } from '../net/listener.ts';
import { needsToken, newToken } from '../net/token.ts';

/** A small switch of the shop's own in one region: `GET /` → { on, … }, `PUT /` { on } with the token, `GET /on` for health checkers. */
export interface HttpSwitch extends Listener {
  readonly token: string;
  isOn(): boolean;
}

const wish = z.strictObject({ on: z.boolean() });

/** A switch that is closed to the world until it is opened; `more` is told beside its state. */
export async function createHttpSwitch(on: boolean, more: () => object = () => ({})): Promise<HttpSwitch> {
  const token = newToken();
  let state = on;
  const app = express().disable('x-powered-by');
  // Health checkers have no token: 200 says that it is on.
  app.get('/on', (_request, response) => void response.sendStatus(state ? 200 : 404));
  app.use(needsToken(token));
  app.get('/', (_request, response) => void response.json({ on: state, ...more() }));
  app.put('/', express.json({ limit: '1kb' }), (request, response) => {
    const asked = wish.safeParse(request.body);
    if (!asked.success) return void response.status(400).json({ detail: z.prettifyError(asked.error) });
    state = asked.data.on;
    response.json({ on: state, ...more() });
  });
  return { ...(await createListener(app)), token, isOn: () => state };
}
