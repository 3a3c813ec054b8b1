import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { runsQuery, useMe } from '../client/queries.ts';
import { Card, Trouble } from '../parts/said.tsx';
import { RunLine } from '../run/line.tsx';
import { useTitle } from '../shell/title.ts';

/** What can be practised, and what was. */
export function DrillsPage() {
  const { environment } = useMe();
  const { data, error } = useQuery(runsQuery);
  const { drills = [] } = environment.names;
  const past = data?.filter(({ runbook }) => runbook === 'drill') ?? [];
  useTitle('Drills');
  return (
    <>
      <h1>Drills</h1>
      <Card title="Exercises of this environment">
        {drills.length === 0 && <p className="quiet">The environment file names none (incidents.drills).</p>}
        <ul className="list">
          {drills.map((name) => (
            <li key={name}>
              <Link to="/start/$runbook" params={{ runbook: 'drill' }} search={{ with: JSON.stringify({ name }) }}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
        <p className="quiet">
          Calendar and scores: <code>./muster drills</code>
        </p>
      </Card>
      <Card title="Held">
        {error && <Trouble>{error.message}</Trouble>}
        {data && past.length === 0 && <p className="quiet">None among the newest runs.</p>}
        <ul className="list">
          {past.map((run) => (
            <RunLine key={run.runId} run={run} />
          ))}
        </ul>
      </Card>
    </>
  );
}
