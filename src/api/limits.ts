import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { ApiProblem } from './errors.ts';
import type { Caller, Pace } from './route.ts';

/** Requests a minute, by person or else by address; `failed` counts refused tokens only, so that a good token always gets in. */
export interface Limits {
  usual: number;
  command: number;
  stream: number;
  failed: number;
}

export const defaultLimits: Limits = { usual: 600, command: 120, stream: 120, failed: 20 };

export interface Limiters {
  byPace: Record<Exclude<Pace, 'unlimited'>, RequestHandler>;
  failed: RequestHandler;
}

/** Builds the limiters; each pace counts for itself, so that reading a lot never holds back a decision. */
export function createLimiters(limits: Limits, callerOf: (request: Request) => Caller | undefined): Limiters {
  const limiter = (perMinute: number, key: (request: Request) => string): RequestHandler =>
    rateLimit({
      windowMs: 60_000,
      limit: perMinute,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      keyGenerator: key,
      handler: (_request, _response, next) => {
        next(new ApiProblem(429, 'TooManyRequests', `At most ${perMinute} of these requests a minute; wait and try again.`));
      },
    });
  const byAddress = (request: Request) => ipKeyGenerator(request.ip ?? 'unknown');
  const byPerson = (request: Request) => callerOf(request)?.person.subject ?? byAddress(request);
  return {
    byPace: {
      usual: limiter(limits.usual, byPerson),
      command: limiter(limits.command, byPerson),
      stream: limiter(limits.stream, byPerson),
    },
    failed: limiter(limits.failed, byAddress),
  };
}
