import express, { type Express, type Request } from 'express';
import type { InboxMessage } from '../contract.ts';

/** A service that people get messages from. */
export type Service = InboxMessage['to'];

/** Keeps what a service took, with its words where the body hides them. */
export type Take = (request: Pick<Request, 'path' | 'body'>, text?: string) => void;

/** An empty service that reads JSON. */
export function service(): Express {
  return express()
    .disable('x-powered-by')
    .use(express.json({ limit: '1mb' }));
}

/** A page of a list as Slack gives it: the cursor is where the next one begins, and empty at the end. */
export function page<T>(entries: readonly T[], { cursor, limit }: Request['query']): { part: T[]; next: string } {
  const from = Number(cursor ?? 0) || 0;
  const most = Math.min(Number(limit ?? 100) || 100, 1_000);
  return { part: entries.slice(from, from + most), next: from + most < entries.length ? String(from + most) : '' };
}
