import type { RequestHandler } from 'express';
import { Gauge, type Registry } from 'prom-client';

export interface AnswerLog {
  /** Notes every answer. */
  note: RequestHandler;
  /** `GET /logs`: the newest answers, newest first. */
  show: RequestHandler;
}

const mostKept = 50;

/** What an instance logs, and when it last did so as a metric. */
export function createAnswerLog(registry: Registry): AnswerLog {
  const entries: { at: string; method: string; path: string; status: number }[] = [];
  const newest = new Gauge({ name: 'shop_last_answer_timestamp_seconds', help: 'When the last answer was given', registers: [registry] });
  return {
    note: ({ method, path }, response, next) => {
      response.once('finish', () => {
        entries.unshift({ at: new Date().toISOString(), method, path, status: response.statusCode });
        entries.length = Math.min(entries.length, mostKept);
        newest.setToCurrentTime();
      });
      next();
    },
    show: (_request, response) => void response.json({ entries }),
  };
}
