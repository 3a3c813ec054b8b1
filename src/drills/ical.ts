import { createEvents, type EventAttributes } from 'ics';
import type { Occurrence } from './calendar.ts';

const minutes = 60;

/** A calendar file of exercises that take place; those that are not announced are left out. Throws what is wrong with one. */
export function icalOf(environment: { name: string; title: string }, all: readonly Occurrence[]): string {
  const events = all.filter(({ drill, off }) => drill.announced && off === null).map((one) => eventOf(environment, one));
  const { error, value } = createEvents(events, { calName: `Drills of ${environment.title}`, productId: 'muster' });
  if (error) throw error;
  return value ?? '';
}

function eventOf({ name, title }: { name: string; title: string }, { drill, at }: Occurrence): EventAttributes {
  return {
    // The same exercise on the same day stays the same entry when the file is read again.
    uid: `${drill.name}-${at.toISODate()}@${name}.muster`,
    title: `DRILL: ${drill.title}`,
    description: [`Of ${title}.`, drill.runbook === undefined ? 'People talk it through.' : `Runbook: ${drill.runbook}.`].join(' '),
    start: at.toMillis(),
    startInputType: 'utc',
    startOutputType: 'utc',
    duration: { minutes },
    alarms: [{ action: 'display', description: `DRILL: ${drill.title}`, trigger: { before: true, days: 1 } }],
  };
}
