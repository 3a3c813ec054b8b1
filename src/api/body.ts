import express, { type RequestHandler } from 'express';
import { ApiProblem, pointer } from './errors.ts';

export const bodyLimit = 256 * 1024;
const depthLimit = 32;
const dangerous = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a JSON body of at most 256 KB unless another limit is said. Anything else is refused, and so are keys that reach for prototypes, unless
 * the route looks at each part by itself.
 */
export function readJson(limit = bodyLimit, eachByItself = false): RequestHandler[] {
  return [express.json({ limit, inflate: false, strict: true }), refuseOthers, ...(eachByItself ? [] : [refuseNames])];
}

/** Reads a body as it came, because a signature is over its bytes. */
export function readRaw(limit = bodyLimit): RequestHandler {
  const read = express.raw({ limit, inflate: false, type: () => true });
  return (request, response, next) =>
    read(request, response, (error?: unknown) => {
      if (!Buffer.isBuffer(request.body)) request.body = Buffer.alloc(0);
      next(error);
    });
}

/** Makes what was read as it came into JSON, or the fields of a form; after its signature was checked. Throws 400 problems. */
export function parseRaw(form = false): RequestHandler {
  return (request, _response, next) => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(request.body as Buffer);
      request.body = form ? Object.fromEntries(new URLSearchParams(text)) : (JSON.parse(text) as unknown);
    } catch {
      throw new ApiProblem(400, 'BrokenJson', `The body cannot be read as ${form ? 'a form' : 'JSON'} in UTF-8.`);
    }
    next();
  };
}

const refuseOthers: RequestHandler = (request, _response, next) => {
  const body: unknown = request.body;
  const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers;
  if (body === undefined && (length !== '0' || chunked !== undefined)) {
    throw new ApiProblem(415, 'UnsupportedBody', 'Send the body as application/json.');
  }
  next();
};

const refuseNames: RequestHandler = (request, _response, next) => {
  refuseDangerous(request.body, []);
  next();
};

function refuseDangerous(value: unknown, path: string[]): void {
  if (value === null || typeof value !== 'object') return;
  if (path.length >= depthLimit) throw refused(path, `lies deeper than ${depthLimit} levels`);
  for (const [key, inner] of Object.entries(value)) {
    if (dangerous.has(key)) throw refused([...path, key], 'is a name that is not allowed');
    refuseDangerous(inner, [...path, key]);
  }
}

function refused(path: string[], detail: string): ApiProblem {
  const field = { pointer: pointer(path), detail, in: 'body' as const };
  return new ApiProblem(422, 'InvalidInput', `The body is not valid: ${field.pointer} ${detail}`, { fields: [field] });
}
