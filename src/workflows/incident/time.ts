import type { Span } from './policy.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A moment so many ms later; ISO. */
export const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

/** A moment a span later. Working days count from Monday to Friday in UTC: what begins at a weekend begins on Monday at midnight. */
export function afterSpan(at: string, span: Span): string {
  if ('ms' in span) return later(at, span.ms);
  let moment = Date.parse(at);
  if (isWeekend(moment)) moment = nextWorkday(moment - (moment % day));
  for (let left = span.businessDays; left > 0; left -= 1) moment = nextWorkday(moment);
  return new Date(moment).toISOString();
}

const isWeekend = (moment: number): boolean => [0, 6].includes(new Date(moment).getUTCDay());

function nextWorkday(moment: number): number {
  let next = moment + day;
  while (isWeekend(next)) next += day;
  return next;
}

/** `2026-11-21 09:31 UTC`. */
export const sayMoment = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
/** `09:31 UTC`. */
export const sayHour = (at: string): string => `${at.slice(11, 16)} UTC`;
