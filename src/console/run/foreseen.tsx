import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../client/api.ts';
import { runsQuery } from '../client/queries.ts';
import type { RunView } from '../client/types.ts';
import { At } from '../parts/time.tsx';

/** What would be done next, as the newest dry run with the same plan has foreseen it. */
export function Foreseen({ view }: { view: RunView }) {
  const { data: runs } = useQuery(runsQuery);
  const rehearsal = runs?.find(({ runbook, mode, endedAt }) => runbook === view.runbook && mode === 'simulate' && endedAt !== undefined);
  const { data: seen } = useQuery({
    queryKey: ['run', rehearsal?.runId],
    queryFn: () => get<RunView>(`/api/runs/${encodeURIComponent(rehearsal!.runId)}`),
    enabled: rehearsal !== undefined,
    staleTime: Infinity,
  });
  const same = seen && JSON.stringify(seen.plan) === JSON.stringify(view.plan);
  if (!same) return <p className="quiet">No dry run with this plan has foreseen what would be done next.</p>;
  const done = new Set(view.steps.filter(({ kind }) => kind !== 'gate').map(({ title }) => title));
  const next = seen.steps.filter(({ predicted, title }) => predicted.length > 0 && !done.has(title));
  return (
    <details>
      <summary>
        What would be done next: {next.reduce((sum, { predicted }) => sum + predicted.length, 0)} calls, foreseen by the dry run of{' '}
        <At at={seen.startedAt} day />
      </summary>
      <ul className="calls">
        {next.flatMap(({ title, predicted }) => predicted.map(({ call }, index) => <li key={`${title} ${index}`}>{call}</li>))}
      </ul>
      <Link to="/runs/$runId" params={{ runId: seen.runId }}>
        The dry run
      </Link>
    </details>
  );
}
