import { Link } from '@tanstack/react-router';
import { count } from '../../words/amounts.ts';
import { incidentMarks } from '../../words/states.ts';
import type { IncidentSummary } from '../client/types.ts';
import { Chip, ModeBadge } from '../parts/mark.tsx';
import { At, Since } from '../parts/time.tsx';

/** One incident in a line. */
export const IncidentLine = ({ incident }: { incident: IncidentSummary }) => (
  <li className="row">
    {incident.drill && <ModeBadge drill />}
    <strong>{incident.severity}</strong>
    <Link to="/incidents/$number" params={{ number: incident.number }}>
      {incident.title}
    </Link>
    <Chip of={incident.state} marks={incidentMarks} />
    <span className="quiet">
      {incident.resolvedAt ? (
        <>
          resolved <At at={incident.resolvedAt} day />
        </>
      ) : (
        <>
          for <Since at={incident.startedAt} />
        </>
      )}{' '}
      · {incident.service} · {incident.number}
      {incident.openActions > 0 && ` · ${count(incident.openActions, 'open action')}`}
    </span>
  </li>
);
