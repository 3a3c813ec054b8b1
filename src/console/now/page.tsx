import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../client/api.ts';
import { incidentsQuery, runsQuery } from '../client/queries.ts';
import { IncidentLine } from '../incidents/line.tsx';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { At, Until } from '../parts/time.tsx';
import { ReadyGlance } from '../readiness/glance.tsx';
import { RunLine } from '../run/line.tsx';
import { useTitle } from '../shell/title.ts';
import { Needs } from './needs.tsx';

/** The first page: what needs you, then what is going on, then how ready everything is. */
export function NowPage() {
  useTitle('Now');
  return (
    <>
      <h1 className="unseen">Now</h1>
      <Needs />
      <OpenIncidents />
      <Running />
      <Mitigations />
      <div className="grid">
        <ReadyGlance />
        <LastReports />
      </div>
    </>
  );
}

function OpenIncidents() {
  const { data, error } = useQuery(incidentsQuery);
  return (
    <Card title="Open incidents">
      {error && !data && <Trouble>{error.message}</Trouble>}
      {data?.open.length === 0 && <p className="quiet">None is open.</p>}
      <ul className="list">
        {data?.open.map((one) => (
          <IncidentLine key={one.number} incident={one} />
        ))}
      </ul>
      <Link to="/incidents/declare">Declare an incident</Link>
    </Card>
  );
}

function Running() {
  const { data, error, isPending } = useQuery(runsQuery);
  const running = data?.filter(({ endedAt }) => endedAt === undefined) ?? [];
  return (
    <Card title="Runs in progress">
      {isPending && <Waiting />}
      {error && !data && <Trouble>{error.message}</Trouble>}
      {data && running.length === 0 && <p className="quiet">Nothing runs.</p>}
      <ul className="list">
        {running.map((run) => (
          <RunLine key={run.runId} run={run} />
        ))}
      </ul>
      <Link to="/runbooks">Start a run</Link>
    </Card>
  );
}

interface Mitigation {
  runId: string;
  service: string;
  kind: string;
  owner: string;
  since: string;
  asksAt: string | null;
  left: boolean;
}

/** What services are relieved by now, and when somebody is asked whether it is still needed; nothing at all when there is none. */
function Mitigations() {
  const { data } = useQuery({
    queryKey: ['mitigations'],
    queryFn: async () => (await get<{ mitigations: Mitigation[] }>('/api/mitigations')).mitigations,
    refetchInterval: 15_000,
  });
  if (!data || data.length === 0) return null;
  return (
    <Card title="Mitigations in force">
      <ul className="list">
        {data.map((one) => (
          <li key={one.runId}>
            <Link to="/runs/$runId" params={{ runId: one.runId }}>
              {one.kind} of {one.service}
            </Link>{' '}
            <span className="quiet">
              {one.owner}, since <At at={one.since} day />
              {one.asksAt !== null && (
                <>
                  , {one.owner} is asked in <Until at={one.asksAt} />
                </>
              )}
            </span>
            {one.left && <strong className="bad-text"> Its run has ended: nothing will take it back.</strong>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function LastReports() {
  const { data } = useQuery(runsQuery);
  const ended = data?.filter(({ endedAt, mode }) => endedAt !== undefined && mode === 'live').slice(0, 5) ?? [];
  return (
    <Card title="Last reports">
      {data && ended.length === 0 && <p className="quiet">No run has ended yet.</p>}
      <ul className="list">
        {ended.map((run) => (
          <li key={run.runId}>
            <a href={`/api/runs/${encodeURIComponent(run.runId)}/report`} target="_blank" rel="noreferrer">
              {run.title ?? run.runbook}
            </a>{' '}
            <span className="quiet">
              <At at={run.endedAt!} day />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
