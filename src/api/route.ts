import type { IncomingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Person, Role } from '../workflows/messages.ts';
import { invalidFields, type FieldPlace } from './errors.ts';

/** Who may call a route: everybody, senders of alerts, a service that signs what it sends, or people whose strongest role is at least this one. */
export type Permission = 'public' | 'alerts' | 'signed' | Role;

/** How a service signs what it sends. */
export interface Signature {
  /** Header that holds it. */
  readonly header: string;
  /** Throws a 401 problem unless it is there, fits the bytes of the body, and is new. */
  check(headers: IncomingHttpHeaders, body: Buffer): void;
}

/** Which limit counts a call: probes have none, commands and streams have their own so that reading never blocks a decision. */
export type Pace = 'unlimited' | 'usual' | 'command' | 'stream';

/** The person behind a request, and whether they use the page (`console`) or a token (`api`). */
export interface Caller {
  person: Person;
  channel: 'api' | 'console';
  /** Set when the token may only look; the person is a viewer then, whatever their roles. */
  scope?: 'read';
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** The person behind a proof. Throws a 401 problem once it is over. */
export type Whose = () => Omit<Caller, 'channel'>;

export interface ResponseDescription {
  description: string;
  schema?: z.ZodType;
  /** Media type; `application/json` when left out. */
  type?: string;
}

export interface RouteDescription {
  readonly method: 'get' | 'post';
  /** As express writes it: `/api/runs/:runId`. */
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  readonly pace?: Pace;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** For what is `signed`. */
  readonly signature?: Signature;
  /** The body is a form, not JSON; for what is `signed` only. */
  readonly form?: boolean;
  /** In bytes; 256 KB unless said. */
  readonly bodyLimit?: number;
  /** The route judges the parts of its body one by one, so that a bad one does not refuse the others. */
  readonly eachByItself?: boolean;
}

/** One route, ready to be mounted: what it declares, and how it answers a request that has passed access and limits. */
export interface Route extends RouteDescription {
  answer(request: Request, response: Response, caller: Caller | undefined): Promise<Answer | undefined>;
}

const nothing = z.strictObject({});
type Nothing = typeof nothing;

interface Spec<M extends Permission, P, Q, H, B> extends RouteDescription {
  readonly permission: M;
  readonly params?: P & z.ZodObject;
  readonly query?: Q & z.ZodObject;
  readonly headers?: H & z.ZodObject;
  readonly body?: B & z.ZodObject;
}

export interface Call<M extends Permission, P, Q, H, B> {
  caller: M extends 'public' | 'alerts' | 'signed' ? undefined : Caller;
  params: z.output<P>;
  query: z.output<Q>;
  headers: z.output<H>;
  body: z.output<B>;
  request: Request;
  response: Response;
}

/** Declares a route; the handler gets checked values, and answers undefined when it has written the response itself. */
export function route<
  const M extends Permission,
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  H extends z.ZodObject = Nothing,
  B extends z.ZodObject = Nothing,
>(spec: Spec<M, P, Q, H, B>, handler: (call: Call<M, P, Q, H, B>) => Promise<Answer | undefined>): Route {
  return {
    ...spec,
    answer: (request, response, caller) =>
      handler({
        caller: caller as Call<M, P, Q, H, B>['caller'],
        params: parse(spec.params, request.params, 'path') as z.output<P>,
        query: parse(spec.query ?? nothing, request.query, 'query') as z.output<Q>,
        headers: parse(spec.headers, request.headers, 'header') as z.output<H>,
        body: parse(spec.body, request.body ?? {}, 'body') as z.output<B>,
        request,
        response,
      }),
  };
}

function parse(schema: z.ZodObject | undefined, value: unknown, place: FieldPlace): unknown {
  if (schema === undefined) return {};
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidFields(parsed.error.issues, place);
  return parsed.data;
}
