import { Link } from '@tanstack/react-router';
import { incidentMarks, runMarks } from '../../words/states.ts';
import { useLive } from '../client/live.ts';
import type { IncidentView } from '../client/types.ts';
import { besideBadge, Chip, isDrill, ModeBadge } from '../parts/mark.tsx';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { At, Since, Until } from '../parts/time.tsx';
import { useNamed } from '../shell/address.ts';
import { useTitle } from '../shell/title.ts';
import { Asks } from './ask.tsx';
import { Closing, Drafts, Verification } from './parts.tsx';

/** One incident as it stands: clocks first, what can be asked of it, runs, then all that happened. */
export function IncidentPage() {
  const { number } = useNamed();
  const { data: incident, error, connection } = useLive<IncidentView>(['incident', number], `/api/incidents/${encodeURIComponent(number)}`);
  useTitle(incident && `${incident.drill ? 'DRILL: ' : ''}${incident.severity} ${incident.title}`);
  if (!incident) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  return (
    <>
      <Head incident={incident} />
      {connection.state === 'interrupted' && (
        <Trouble>
          The live view is interrupted and comes back by itself. The command line does the same:{' '}
          <code>./muster incident show {incident.number}</code>
        </Trouble>
      )}
      {connection.state === 'problem' && <Trouble>{connection.detail}</Trouble>}
      <Asks incident={incident} />
      <div className="grid">
        <Clocks incident={incident} />
        <Roles incident={incident} />
      </div>
      <Runs incident={incident} />
      <Verification incident={incident} />
      <Drafts incident={incident} />
      <Closing incident={incident} />
      <Card title={`Timeline (${incident.timeline.length})`}>
        <ol className="plain lines">
          {incident.timeline.toReversed().map((entry) => (
            <li key={entry.id}>
              <At at={entry.at} /> <span className="kind">{entry.kind}</span> {entry.text}
            </li>
          ))}
        </ol>
      </Card>
    </>
  );
}

function Head({ incident }: { incident: IncidentView }) {
  const { milestones, severity, title, service, impact, state, status, drill } = incident;
  return (
    <header className={`head ${drill ? 'drill' : 'live'}`}>
      <h1>
        <ModeBadge drill={drill} /> {severity} {title}
      </h1>
      <p className="facts-line">
        <Chip of={state} marks={incidentMarks} />
        <span aria-live="polite">{status}</span>
        {!milestones.mitigatedAt && !milestones.resolvedAt && (
          <strong className="bad-text">
            for <Since at={milestones.startedAt} />
          </strong>
        )}
        <span className="quiet">
          {service} · {incident.number}
        </span>
      </p>
      {impact !== '' && <p>{impact}</p>}
      {milestones.resolvedAt && (
        <a href={`/api/incidents/${incident.number}/report`} target="_blank" rel="noreferrer">
          Report
        </a>
      )}
    </header>
  );
}

function Clocks({ incident: { next, kept } }: { incident: IncidentView }) {
  return (
    <Card title="Clocks">
      {next.length === 0 && <p className="quiet">No clock runs.</p>}
      <ul className="list">
        {next.map(({ at, what }) => (
          <li key={`${at} ${what}`}>
            {Date.parse(at) > Date.now() ? (
              <>
                in <Until at={at} />: {what}
              </>
            ) : (
              <strong className="bad-text">overdue: {what}</strong>
            )}
          </li>
        ))}
      </ul>
      <p className="quiet">
        Promised updates kept: {kept.internal.kept} of {kept.internal.due} to the team, {kept.customers.kept} of {kept.customers.due} to
        customers.
      </p>
    </Card>
  );
}

const Roles = ({ incident: { policy, roles, links } }: { incident: IncidentView }) => (
  <Card title="People">
    <ul className="list">
      {policy.roles.map(({ name, title }) => (
        <li key={name}>
          {title}: {roles[name] ? <strong>{roles[name].subject}</strong> : <span className="quiet">nobody</span>}
        </li>
      ))}
    </ul>
    {(links.channel !== undefined || links.ticket !== undefined) && (
      <p className="quiet">{[links.channel && `#${links.channel.name}`, links.ticket?.key].filter(Boolean).join(' · ')}</p>
    )}
  </Card>
);

function Runs({ incident }: { incident: IncidentView }) {
  const { runs, suggestions, number } = incident;
  return (
    <Card title="Runs">
      <ul className="list">
        {runs.map((run) => (
          <li key={run.runId} className="row">
            <ModeBadge mode={run.mode} drill={incident.drill || isDrill(run.title)} />
            <Link to="/runs/$runId" params={{ runId: run.runId }}>
              {besideBadge(run.title)}
            </Link>
            <Chip of={run.state} marks={runMarks} />
          </li>
        ))}
      </ul>
      {suggestions.map(({ runbook, why }) => (
        <p key={runbook}>
          <Link to="/start/$runbook" params={{ runbook }} search={{ incident: number }}>
            Start {runbook}
          </Link>
          , because {why}
        </p>
      ))}
      <Link to="/runbooks">Another runbook</Link>
    </Card>
  );
}
