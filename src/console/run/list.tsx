import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { runMarks } from '../../words/states.ts';
import { runsQuery } from '../client/queries.ts';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { Search } from '../parts/search.tsx';
import { useWanted } from '../shell/address.ts';
import { useTitle } from '../shell/title.ts';
import { matches, RunLine } from './line.tsx';

/** The newest runs, searched by what stands in the address. */
export function RunsPage() {
  const { q = '' } = useWanted();
  const { data, error } = useQuery(runsQuery);
  useTitle('Runs');
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  const shown = data.filter(({ title, runbook, runId, state, mode }) =>
    matches(q, title, runbook, runId, runMarks[state as keyof typeof runMarks]?.word, mode),
  );
  return (
    <>
      <h1>Runs</h1>
      <Search to="/runs" label="Search runs" placeholder="Search (/)" />
      <Card>
        {shown.length === 0 && <p className="quiet">{data.length === 0 ? 'No run yet.' : `No run has all these words: ${q}`}</p>}
        <ul className="list">
          {shown.map((run) => (
            <RunLine key={run.runId} run={run} />
          ))}
        </ul>
      </Card>
      <Link to="/runbooks">Start a run</Link>
    </>
  );
}
