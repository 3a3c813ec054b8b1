import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { incidentsQuery } from '../client/queries.ts';
import type { IncidentSummary } from '../client/types.ts';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { useTitle } from '../shell/title.ts';
import { IncidentLine } from './line.tsx';

/** Open incidents, and those that were. */
export function IncidentsPage() {
  const { data, error } = useQuery(incidentsQuery);
  useTitle('Incidents');
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  const lines = (list: readonly IncidentSummary[], none: string) => (
    <>
      {list.length === 0 && <p className="quiet">{none}</p>}
      <ul className="list">
        {list.map((one) => (
          <IncidentLine key={one.number} incident={one} />
        ))}
      </ul>
    </>
  );
  return (
    <>
      <h1>Incidents</h1>
      <p>
        <Link to="/incidents/declare">Declare an incident</Link>
      </p>
      <Card title="Open">{lines(data.open, 'None is open.')}</Card>
      <Card title="Ended">{lines(data.ended, 'None has ended.')}</Card>
    </>
  );
}
