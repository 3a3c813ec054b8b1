import { useEffect, useState } from 'react';
import { duration } from '../../words/durations.ts';
import { dateAndTime, exactly, timeOfDay } from '../../words/times.ts';

/** The time, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

const whole = (ms: number) => Math.max(0, Math.floor(ms / 1_000) * 1_000);
/** How long since, as it grows. */
export const since = (at: string, now: number): string => duration(whole(now - Date.parse(at)));

/** Time of day in UTC; the day and the thousandths are told on hover. */
export const At = ({ at, day = false }: { at: string; day?: boolean }) => (
  <time dateTime={at} title={`${exactly(at)} · ${new Date(at).toLocaleString()} here`}>
    {day ? dateAndTime(at) : timeOfDay(at)}
  </time>
);

const stale = 60_000;

/** How old a reading is, growing while one looks; after a minute it stands out. */
export function Age({ at }: { at: string }) {
  const now = useNow();
  const old = now - Date.parse(at) >= stale;
  return (
    <span className={old ? 'age stale' : 'age'} title={exactly(at)}>
      {since(at, now)} old
    </span>
  );
}

/** How long something has gone on. */
export const Since = ({ at }: { at: string }) => <span title={exactly(at)}>{since(at, useNow())}</span>;
/** How long until; nothing below zero. */
export const Until = ({ at }: { at: string }) => <span title={exactly(at)}>{duration(whole(Date.parse(at) - useNow()))}</span>;
