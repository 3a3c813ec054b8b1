import { Link } from '@tanstack/react-router';
import { duration } from '../../words/durations.ts';
import { runMarks } from '../../words/states.ts';
import type { RunSummary } from '../client/types.ts';
import { besideBadge, Chip, isDrill, ModeBadge } from '../parts/mark.tsx';
import { At, Since } from '../parts/time.tsx';

/** One run in a line: what it is, how it stands, how long. */
export const RunLine = ({ run }: { run: RunSummary }) => (
  <li className="row">
    <ModeBadge mode={run.mode} drill={run.runbook === 'drill' || isDrill(run.title)} />
    <Link to="/runs/$runId" params={{ runId: run.runId }}>
      {besideBadge(run.title ?? run.runbook)}
    </Link>
    <Chip of={run.state} marks={runMarks} />
    {run.unconfirmed && <span className="quiet">perhaps: it did not answer</span>}
    <span className="quiet">
      {run.endedAt ? (
        <>
          <At at={run.startedAt} day />, took {duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}
        </>
      ) : (
        <>
          for <Since at={run.startedAt} />
        </>
      )}{' '}
      · {run.runId}
    </span>
  </li>
);

/** Whether all words that were typed occur. */
export const matches = (query: string, ...texts: (string | undefined)[]): boolean => {
  const text = texts.join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};
