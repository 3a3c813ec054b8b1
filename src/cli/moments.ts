import { duration } from '../config/schema.ts';
import { CliError, exitCodes } from './exit.ts';

/** A time in the past as people say it: `10m` (ago), `09:30` (UTC, the last one) or ISO. Answers ISO; throws naming the option. */
export function readPast(option: string, text: string, now = Date.now()): string {
  const ago = duration.safeParse(text);
  if (ago.success) return new Date(now - ago.data).toISOString();
  const today = new Date(now).toISOString().slice(0, 10);
  const clock = /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? Date.parse(`${today}T${text}:00Z`) : NaN;
  const time = Number.isNaN(clock) ? isoTime(text) : clock > now ? clock - 86_400_000 : clock;
  if (Number.isNaN(time)) throw wrong(option, text, '10m (ago), 09:30 (UTC) or 2026-03-14T09:30:00Z');
  return new Date(time).toISOString();
}

/** A time to come: `14d` (from now), `2026-04-01` (its end) or ISO. Answers ISO; throws naming the option. */
export function readDue(option: string, text: string, now = Date.now()): string {
  const ahead = duration.safeParse(text);
  if (ahead.success) return new Date(now + ahead.data).toISOString();
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : isoTime(text);
  if (Number.isNaN(time)) throw wrong(option, text, '14d (from now), 2026-04-01 or 2026-04-01T12:00:00Z');
  return new Date(time).toISOString();
}

/** Not a number unless it is a whole time with its zone: a guess would be wrong by hours. */
const isoTime = (text: string): number => (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN);

const wrong = (option: string, text: string, how: string) => new CliError(`${option} ${text}: write it like ${how}`, exitCodes.usage);
