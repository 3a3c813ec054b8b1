import { createHmac, timingSafeEqual } from 'node:crypto';
import express, { Router } from 'express';

/** Signing in, as a customer with an account does: `POST /sessions` { name, password } answers a token that opens `GET /account`. */
export function accountRoutes(password: string): Router {
  const tokenOf = (name: string): string => createHmac('sha256', password).update(name).digest('hex');
  const router = Router();
  router.post('/sessions', express.json({ limit: '1kb' }), (request, response) => {
    const { name, password: given } = (request.body ?? {}) as { name?: unknown; password?: unknown };
    if (typeof name !== 'string' || typeof given !== 'string' || !same(given, password)) {
      return void response.status(401).json({ detail: 'name or password is wrong' });
    }
    response.status(201).json({ token: `${name}.${tokenOf(name)}` });
  });
  router.get('/account', (request, response) => {
    const [, name, token] = /^Bearer ([\w-]+)\.([0-9a-f]+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!name || !token || !same(token, tokenOf(name))) return void response.status(401).json({ detail: 'sign in first' });
    response.json({ name });
  });
  return router;
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHmac('sha256', 'equal length').update(text).digest());
  return timingSafeEqual(a!, b!);
}
