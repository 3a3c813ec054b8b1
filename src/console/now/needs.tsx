import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { get } from '../client/api.ts';
import { incidentsQuery, may, runsQuery, useMe } from '../client/queries.ts';
import type { Me, RunView } from '../client/types.ts';
import { ModeBadge } from '../parts/mark.tsx';
import { Card } from '../parts/said.tsx';
import { Since } from '../parts/time.tsx';
import { standingOf } from '../run/standing.ts';

const waits = new Set(['pendingApproval', 'pausedByFailedStep', 'pausedByOperator']);

/** What waits for the person who looks, and what waits for somebody else. */
export function Needs() {
  const me = useMe();
  const { data: runs = [] } = useQuery(runsQuery);
  const { data: incidents } = useQuery(incidentsQuery);
  const waiting = runs.filter(({ state, endedAt }) => endedAt === undefined && waits.has(state));
  const views = useQueries({
    queries: waiting.map(({ runId, state }) => ({
      queryKey: ['run', runId, state],
      queryFn: () => get<RunView>(`/api/runs/${encodeURIComponent(runId)}`),
      refetchInterval: 5_000,
    })),
  });
  const asked = views.flatMap(({ data }) => (data ? [needOf(data, me)] : []));
  const unheard = (incidents?.open ?? []).filter(
    ({ acknowledgedAt, state }) => !acknowledgedAt && (state === 'declared' || state === 'proposed'),
  );
  const mine = asked.filter(({ yours }) => yours);
  const others = asked.filter(({ yours }) => !yours);
  return (
    <Card title="Needs you" className={mine.length + unheard.length > 0 ? 'gate open' : ''}>
      {mine.length + unheard.length === 0 && <p className="quiet">Nothing waits for you.</p>}
      <ul className="list">
        {unheard.map((one) => (
          <li key={one.number} className="row">
            <ModeBadge drill={one.drill} />
            <Link to="/incidents/$number" params={{ number: one.number }}>
              {one.state === 'proposed' ? 'Is it one?' : 'Acknowledge'} {one.severity} {one.title}
            </Link>
            <span className="quiet">
              nobody has for <Since at={one.declaredAt ?? one.detectedAt} />
            </span>
          </li>
        ))}
        {mine.map(({ key, line }) => (
          <li key={key} className="row">
            {line}
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <>
          <h3>Waits for somebody else</h3>
          <ul className="list">
            {others.map(({ key, line }) => (
              <li key={key} className="row">
                {line}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function needOf(view: RunView, me: Me): { key: string; yours: boolean; line: ReactNode } {
  const gate = view.gates.find(({ state }) => state === 'open');
  const standing = gate && standingOf(gate, view, me);
  const yours = standing ? standing.approve : may(me, 'responder');
  const failed = view.steps.findLast(({ state }) => state === 'failed');
  const what = gate?.question ?? (view.state === 'pausedByFailedStep' ? `A step has failed: ${failed?.title ?? view.status}` : view.status);
  const line = (
    <>
      <ModeBadge mode={view.mode} drill={view.drill !== undefined} />
      <Link to={gate ? '/runs/$runId/approve' : '/runs/$runId'} params={{ runId: view.runId }} data-approval={gate ? '' : undefined}>
        {what}
      </Link>
      <span className="quiet">
        {view.title}
        {view.waitingFor && (
          <>
            , waits for {view.waitingFor.who} since <Since at={view.waitingFor.since} />
          </>
        )}
      </span>
      {standing && !yours && <span className="quiet">{standing.says}</span>}
    </>
  );
  return { key: view.runId, yours, line };
}
