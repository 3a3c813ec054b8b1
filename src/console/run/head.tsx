import { duration } from '../../words/durations.ts';
import { runMarks } from '../../words/states.ts';
import type { Connection } from '../client/live.ts';
import type { Me, RunView } from '../client/types.ts';
import { besideBadge, Chip, ModeBadge } from '../parts/mark.tsx';
import { since, useNow } from '../parts/time.tsx';
import { measuresOf } from './commands.ts';
import { Verbs } from './verbs.tsx';

const live = { connecting: '○ connecting', live: '● live', interrupted: '✖ interrupted', ended: '■ ended', problem: '✖ no live view' };

/** What stays on the screen: where the run stands, how long, what customers wait, for whom it waits, and how it is stopped. */
export function RunHead({ view, me, connection, short }: { view: RunView; me: Me; connection: Connection; short: boolean }) {
  const now = useNow();
  const { outage, targets } = measuresOf(view);
  const elapsed = view.endedAt ? duration(Date.parse(view.endedAt) - Date.parse(view.startedAt)) : since(view.startedAt, now);
  const late = targets?.rtoMs !== undefined && (view.endedAt ? Date.parse(view.endedAt) : now) - Date.parse(view.startedAt) > targets.rtoMs;
  const running = outage && !outage.over && outage.startedAt;
  return (
    <header className={`head ${view.drill !== undefined ? 'drill' : view.mode}`}>
      <h1>
        <ModeBadge mode={view.mode} drill={view.drill !== undefined} /> {besideBadge(view.title)}
      </h1>
      <p className="facts-line">
        <Chip of={view.state} marks={runMarks} />
        {view.phase !== undefined && <span>{view.phase}</span>}
        <span className={late ? 'bad-text' : ''}>
          {elapsed}
          {targets?.rtoMs !== undefined && ` of ${duration(targets.rtoMs)}${late ? ', late' : ''}`}
        </span>
        {running && <strong className="bad-text">customers wait {since(running, view.endedAt ? Date.parse(view.endedAt) : now)}</strong>}
        <span className="quiet live-state">{live[connection.state]}</span>
      </p>
      {!short && view.waitingFor && (
        <p className="waiting">
          Waits for <strong>{view.waitingFor.who}</strong>: {view.waitingFor.what}, since {since(view.waitingFor.since, now)}
        </p>
      )}
      {!short && !view.endedAt && <Verbs view={view} me={me} of={['resume', 'pause', 'undo', 'abort']} />}
    </header>
  );
}
