import type { Express, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { holds, roleOrder } from './access.ts';
import { parseRaw, readJson, readRaw } from './body.ts';
import { ApiProblem } from './errors.ts';
import { createLimiters, type Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { Answer, Caller, Permission, Route } from './route.ts';
import { duration } from '../words/durations.ts';

export interface MountOptions {
  /** Finds the caller of a request, or throws a problem. */
  access: (request: Request) => Caller;
  /** Throws a problem when a request comes from no sender of alerts. */
  alertAccess?: (request: Request) => void;
  limits: Limits;
  metrics: Metrics;
  log: Logger;
  /** After this long a caller hears that no answer came. */
  answerWithinMs: number;
}

const others: readonly Permission[] = ['public', 'alerts', 'signed'];

/** Feeds the routes to express: who, how often, the body, the answer. Throws when a route declares no permission. */
export function mount(app: Express, routes: readonly Route[], options: MountOptions): void {
  const callers = new WeakMap<Request, Caller>();
  const limiters = createLimiters(options.limits, (request) => callers.get(request));
  const letIn =
    (check: (request: Request) => void): RequestHandler =>
    (request, response, next) => {
      try {
        check(request);
        next();
      } catch (refusal) {
        void limiters.failed(request, response, (tooMany?: unknown) => next(tooMany ?? refusal));
      }
    };
  const recognise = letIn((request) => callers.set(request, options.access(request)));
  for (const route of routes) {
    const { method, path, permission, pace = 'usual', signature } = route;
    if (!others.includes(permission) && !roleOrder.some((role) => role === permission)) {
      throw new Error(`${method.toUpperCase()} ${path} declares no permission: say ${[...others, ...roleOrder].join(', ')}`);
    }
    const guards = (): RequestHandler[] => {
      if (permission === 'public') return [];
      if (permission === 'signed') {
        if (!signature) throw new Error(`${method.toUpperCase()} ${path} is for who signs, and nobody says how`);
        return [readRaw(route.bodyLimit), letIn(({ headers, body }) => signature.check(headers, body as Buffer)), parseRaw(route.form)];
      }
      if (permission !== 'alerts') return [recognise, allow(route, callers)];
      if (options.alertAccess) return [letIn(options.alertAccess)];
      throw new Error(`${method.toUpperCase()} ${path} is for senders of alerts, and nobody says who they are`);
    };
    app[method](
      path,
      measure(route, callers, options),
      ...guards(),
      ...(pace === 'unlimited' ? [] : [limiters.byPace[pace]]),
      ...(route.body && permission !== 'signed' ? readJson(route.bodyLimit, route.eachByItself) : []),
      async (request, response) => {
        const answering = route.answer(request, response, callers.get(request));
        const answer = await (pace === 'stream' ? answering : inTime(answering, options.answerWithinMs));
        if (answer) send(response, answer);
      },
    );
  }
  refuseUndeclared(app, routes);
}

/** Throws when express holds a route that none of the declared ones brought. */
export function refuseUndeclared(app: Express, routes: readonly Route[]): void {
  for (const { route } of app.router.stack) {
    for (const { method } of route?.stack ?? []) {
      if (!routes.some((declared) => declared.path === route!.path && declared.method === method)) {
        throw new Error(`${method.toUpperCase()} ${route!.path} is served without a declared permission`);
      }
    }
  }
}

/** Counts every request, and logs who asked for a change and what came of it, refusals too. */
function measure({ method, path, pace }: Route, callers: WeakMap<Request, Caller>, { metrics, log }: MountOptions): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1_000;
      const status = response.statusCode;
      metrics.answered(method, path, status, pace === 'stream' ? undefined : seconds);
      if (method !== 'get')
        log.info({ by: callers.get(request)?.person.subject, path: request.path, status, seconds }, `${method} ${path}`);
    });
    next();
  };
}

function allow({ permission }: Route, callers: WeakMap<Request, Caller>): RequestHandler {
  return (request, _response, next) => {
    const { person, scope } = callers.get(request)!;
    if (!holds(person, permission)) {
      if (scope === 'read') throw new ApiProblem(403, 'NotEntitled', `This token of ${person.subject} may only look (scope read).`);
      throw new ApiProblem(403, 'NotEntitled', `This needs the role ${permission}; ${person.subject} has ${person.roles.join(', ')}.`);
    }
    next();
  };
}

async function inTime<T>(answering: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const detail = `No answer within ${duration(ms)}. A change may have been recorded: look at the run, or repeat it with the same Idempotency-Key.`;
      reject(new ApiProblem(503, 'NoAnswerInTime', detail));
    }, ms);
  });
  return Promise.race([answering, late]).finally(() => clearTimeout(timer));
}

function send(response: Response, { status, body, headers = {} }: Answer): void {
  response.status(status).set(headers);
  if (typeof body === 'string' || body instanceof Uint8Array) response.send(body);
  else if (body === undefined) response.end();
  else response.json(body);
}
