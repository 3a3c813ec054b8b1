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

/** `1 hour 5 minutes`, `2 days 3 hours`, `40 seconds`. */
export function sayLength(ms: number): string {
  const part = (amount: number, unit: string) => `${amount} ${unit}${amount === 1 ? '' : 's'}`;
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return part(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), minutes % 60];
  const parts = days > 0 ? [part(days, 'day'), part(hours, 'hour')] : [part(hours, 'hour'), part(rest, 'minute')];
  return parts.filter((text) => !text.startsWith('0 ')).join(' ') || 'no time';
}

/** `2026-11-21 09:31 UTC`. */
export const sayMoment = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
/** `09:31 UTC`. */
export const sayHour = (at: string): string => `${at.slice(11, 16)} UTC`;
