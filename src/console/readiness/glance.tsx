import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { count } from '../../words/amounts.ts';
import { ApiError } from '../client/api.ts';
import { readinessQuery } from '../client/queries.ts';
import { Chip } from '../parts/mark.tsx';
import { Card, Trouble } from '../parts/said.tsx';
import { planMarks } from '../../words/states.ts';

/** How many recovery plans would work, the worst first. */
export function ReadyGlance() {
  const { data, error } = useQuery(readinessQuery);
  if (error instanceof ApiError && error.status === 404) return null;
  const bad = data?.plans.filter(({ state }) => state === 'notReady' || state === 'warnings') ?? [];
  const good = data?.plans.filter(({ state }) => state === 'ready').length ?? 0;
  return (
    <Card title="Readiness">
      {error && !data && <Trouble>{error.message}</Trouble>}
      {data && (
        <p>
          {good} of {count(data.plans.length, 'plan')} ready
        </p>
      )}
      <ul className="list">
        {bad.slice(0, 5).map((plan) => (
          <li key={plan.name} className="row">
            <Chip of={plan.state} marks={planMarks} /> {plan.title}
          </li>
        ))}
      </ul>
      <Link to="/readiness">All plans</Link>
    </Card>
  );
}
