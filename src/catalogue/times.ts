import { z } from 'zod';
import type { FieldProblem } from './entry.ts';

/** A time as people write it in an input. */
export const utcTime = z.iso.datetime('use a time in UTC such as 2026-11-21T09:59:59Z');

/** Restores that are tried to find a time, unless somebody says how many. */
export const usualProbes = 3;

interface Known {
  at?: string | undefined;
  lastGood?: string | undefined;
  badSince?: string | undefined;
}

/** What is wrong with the times that people know of their data: they lie in the past, and good ones before bad ones. */
export function timeProblems({ at, lastGood, badSince }: Known): FieldProblem[] {
  const late = Object.entries({ '/at': at, '/lastGood': lastGood, '/badSince': badSince }).flatMap(([pointer, time]) =>
    time !== undefined && Date.parse(time) > Date.now() ? [{ pointer, detail: `must not be in the future: ${time}` }] : [],
  );
  const afterBad = Object.entries({ '/lastGood': lastGood, '/at': at }).flatMap(([pointer, time]) =>
    time === undefined || badSince === undefined || Date.parse(time) < Date.parse(badSince)
      ? []
      : [{ pointer, detail: `must be before badSince, ${badSince}` }],
  );
  return [...late, ...afterBad];
}
