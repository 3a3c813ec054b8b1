import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express from 'express';
import { z } from 'zod';
import { createListener, type Listener } from '../net/listener.ts';
import { needsToken, newToken } from '../net/token.ts';

/** What the edge can do instead of passing requests on, and the switches for it: GET and PUT { on, value? } with the token. */
export interface EdgeSwitches extends Listener {
  readonly token: string;
  readonly urls: Record<SwitchName, string>;
  /** From now on a change takes effect at once and is answered so many ms later. */
  answerLate(ms: number): void;
  /** Answers a request that is turned away; false when it may pass. */
  turnsAway(request: IncomingMessage, response: ServerResponse): boolean;
}

type SwitchName = 'maintenance-page' | 'rate-limit';
interface State {
  on: boolean;
  value: number | null;
}

const comeBackSeconds = 30;
const page = `<!doctype html><html lang="en"><title>The shop is closed for a moment</title>
<h1>The shop is closed for a moment</h1><p>We are mending something. Please come back in half a minute.</p></html>`;

/** Switches that are all off, on a port of their own that nothing listens on yet. */
export async function createEdgeSwitches(): Promise<EdgeSwitches> {
  const token = newToken();
  const states: Record<SwitchName, State> = { 'maintenance-page': { on: false, value: null }, 'rate-limit': { on: false, value: null } };
  let passed: number[] = [];
  let late = 0;

  const mayPass = (perSecond: number): boolean => {
    const now = Date.now();
    passed = passed.filter((at) => at > now - 1_000);
    if (passed.length >= perSecond) return false;
    passed.push(now);
    return true;
  };

  const listener = await createListener(switchboard(token, states, () => sleep(late)));
  return {
    ...listener,
    token,
    urls: { 'maintenance-page': `${listener.url}/maintenance-page`, 'rate-limit': `${listener.url}/rate-limit` },
    answerLate: (ms) => void (late = ms),
    turnsAway: ({ url = '' }, response) => {
      // Health checks and the like are no customers.
      if (!url.startsWith('/orders')) return false;
      const limit = states['rate-limit'];
      if (states['maintenance-page'].on) {
        response.writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'retry-after': String(comeBackSeconds) }).end(page);
        return true;
      }
      if (!limit.on || mayPass(limit.value ?? 0)) return false;
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end(JSON.stringify({ detail: `at most ${limit.value} requests a second` }));
      return true;
    },
  };
}

const wanted = z.strictObject({ on: z.boolean(), value: z.number().positive().optional() });

function switchboard(token: string, states: Record<SwitchName, State>, acted: () => Promise<void>): RequestListener {
  const app = express().disable('x-powered-by');
  app.use(needsToken(token));
  for (const name of ['maintenance-page', 'rate-limit'] as const) {
    app.get(`/${name}`, (_request, response) => void response.json(states[name]));
    app.put(`/${name}`, express.json({ limit: '1kb' }), async (request, response) => {
      const parsed = wanted.safeParse(request.body);
      if (!parsed.success) return void response.status(400).json({ detail: z.prettifyError(parsed.error) });
      const { on, value = null } = parsed.data;
      if (name === 'rate-limit' && on && value === null) return void response.status(400).json({ detail: 'a limit needs a value' });
      states[name] = { on, value: on ? value : null };
      await acted();
      response.json(states[name]);
    });
  }
  return app;
}
