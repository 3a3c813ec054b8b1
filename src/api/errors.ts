import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { RunProblem } from '../runs/problem.ts';

export type FieldPlace = 'body' | 'path' | 'query' | 'header';

export interface Field {
  /** JSON Pointer into the body, or `/` and the name of a parameter or header. */
  pointer: string;
  detail: string;
  in?: FieldPlace;
}

/** RFC 9457 problem details, as every refusal of the API is answered. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: Field[];
  /** Who holds the resource, for `ResourceBusy`. */
  holder?: string;
}

/** A refusal by the API itself; refusals by a run arrive as RunProblem. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly fields: Field[] | undefined;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, detail: string, more: { fields?: Field[]; headers?: Record<string, string> } = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = more.fields;
    this.headers = more.headers ?? {};
  }
}

/** Turns what zod found into one problem that names every wrong field. */
export function invalidFields(issues: readonly z.core.$ZodIssue[], place: FieldPlace): ApiProblem {
  const fields = issues.flatMap((issue): Field[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: 'is not known here', in: place }))
      : [{ pointer: pointer(issue.path), detail: issue.message, in: place }],
  );
  const named = fields.map((field) => `${field.pointer}: ${field.detail}`).join('; ');
  return new ApiProblem(422, 'InvalidInput', `The ${place} is not valid: ${named}`, { fields });
}

/** RFC 6901. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const titles: Record<string, string> = {
  InvalidInput: 'The request is not valid',
  BrokenJson: 'The body is not valid JSON',
  TooLarge: 'The body is too large',
  UnsupportedBody: 'The body must be plain JSON',
  NotSignedIn: 'Nobody is signed in',
  TokensUnreadable: 'Tokens cannot be looked up',
  NotEntitled: 'This person may not do that',
  CrossSite: 'The request does not come from our own page',
  NotFound: 'There is no such thing here',
  TooManyRequests: 'Too many requests',
  NoAnswerInTime: 'No answer in time',
  Stopping: 'The API is stopping',
  NoWorker: 'No worker can answer',
  Busy: 'Too much is waiting already',
  TemporalUnavailable: 'Temporal cannot be reached',
  OwnRequest: 'The requester may not decide over the own request',
  NotSigned: 'The decision is not signed',
  StaleDigest: 'The facts are not those that are shown now',
  FactsChanged: 'The facts have changed',
  AlreadyDecided: 'It is already decided',
  AlreadyApproved: 'This person has already decided',
  UnknownGate: 'There is no such gate',
  UnknownStep: 'There is no such step',
  ResourceBusy: 'Another run holds the resource',
  CoolingDown: 'It is too soon after the last change',
  NotNow: 'That does not fit the state of the run',
};

/** The problem document of anything that was thrown; texts of unexpected errors stay inside. */
export function problemOf(error: unknown, instance: string): ProblemDocument {
  const { status, code, detail, fields, holder } = knownProblem(error) ?? unexpected;
  return {
    type: `urn:muster:problem:${code}`,
    title: titles[code] ?? (status >= 500 ? 'The API failed' : 'The request was refused'),
    status,
    detail,
    instance,
    code,
    ...(fields && fields.length > 0 ? { errors: fields } : {}),
    ...(holder === undefined ? {} : { holder }),
  };
}

const unexpected: Known = { status: 500, code: 'Internal', detail: 'Something went wrong on our side; the log of the API says what.' };

interface Known {
  status: number;
  code: string;
  detail: string;
  fields?: Field[] | undefined;
  holder?: string | undefined;
}

function knownProblem(error: unknown): Known | undefined {
  if (error instanceof ApiProblem) return { status: error.status, code: error.code, detail: error.message, fields: error.fields };
  if (error instanceof RunProblem) return error.status === 500 ? undefined : error;
  return httpProblem(error);
}

/** Express, its router and body-parser throw errors with `status` and `type`; their texts may quote the body, so ours are used. */
function httpProblem(error: unknown): Known | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number' || error.status >= 500) return undefined;
  const { status } = error;
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') {
    const limit = 'limit' in error ? Number(error.limit) : NaN;
    return { status, code: 'TooLarge', detail: `The body may hold at most ${limit} bytes (${limit / 1024} KB).` };
  }
  if (type === 'entity.parse.failed') {
    const position = /position \d+/.exec(error.message)?.[0];
    return { status, code: 'BrokenJson', detail: `The body cannot be read as JSON${position ? ` (see ${position})` : ''}.` };
  }
  if (status === 415) return { status, code: 'UnsupportedBody', detail: 'Send the body as application/json in UTF-8, not compressed.' };
  return { status, code: 'InvalidInput', detail: 'The request cannot be read: its path or its body is broken.' };
}

/** The last handler of the app: answers every error as a problem, and logs those that the caller cannot help. */
export function answerProblems(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = problemOf(error, request.path);
    const where = { method: request.method, path: request.path };
    if (problem.status === 500) log.error({ ...where, err: error }, problem.title);
    else if (problem.status > 500) log.warn({ ...where, code: problem.code }, problem.detail);
    // Too late for an answer: express closes the connection, so that a half answer is not taken for a whole one.
    if (response.headersSent) return next(error);
    if (error instanceof ApiProblem) response.set(error.headers);
    if (problem.status === 503) response.set('Retry-After', '2');
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}
