import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';

/** A token that nobody can guess. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** Lets only those pass who say the token; the time that it takes tells nothing about it. */
export function needsToken(token: string): RequestHandler {
  return (request, response, next) => {
    const [asked, right] = [request.headers.authorization ?? '', `Bearer ${token}`].map((text) => Buffer.from(text));
    if (asked!.length === right!.length && timingSafeEqual(asked!, right!)) next();
    else response.status(401).json({ detail: 'this switch needs its token' });
  };
}
