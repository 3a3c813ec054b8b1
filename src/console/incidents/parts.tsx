import { verdictMarks } from '../../words/states.ts';
import type { IncidentView } from '../client/types.ts';
import { Chip } from '../parts/mark.tsx';
import { Card } from '../parts/said.tsx';
import { At } from '../parts/time.tsx';

/** What was looked at before an incident counts as resolved; nothing while nobody has. */
export function Verification({ incident: { verification, stability } }: { incident: IncidentView }) {
  if (verification.length === 0 && !stability) return null;
  return (
    <Card title="Verification">
      <ul className="list">
        {verification.map((line) => (
          <li key={line.name}>
            <Chip of={line.verdict} marks={verdictMarks} /> {line.name}: {line.detail}
            {line.attestedBy !== undefined && <span className="quiet"> ({line.attestedBy} answers for it)</span>}
          </li>
        ))}
      </ul>
      {stability && (
        <p>
          Watched until <At at={stability.until} />, {stability.readings} times so far. {stability.asks}
        </p>
      )}
    </Card>
  );
}

/** Updates as they would be sent now, for each receiver. */
export const Drafts = ({ incident: { drafts } }: { incident: IncidentView }) => (
  <details className="card">
    <summary>Updates as they would be sent now</summary>
    {(['internal', 'customers'] as const).map((audience) => (
      <section key={audience}>
        <h3>{audience === 'internal' ? 'To the team' : 'To customers'}</h3>
        <p>
          <strong>{drafts[audience].subject}</strong>
        </p>
        <pre>{drafts[audience].text}</pre>
      </section>
    ))}
  </details>
);

/** What is left to do before it can be closed. */
export function Closing({ incident: { actions, reviews, closing, leftovers } }: { incident: IncidentView }) {
  if (actions.length + reviews.length + closing.length + leftovers.length === 0) return null;
  const done = (is: boolean) => <span aria-label={is ? 'done' : 'not done'}>{is ? '✔' : '○'}</span>;
  return (
    <Card title="Until it is closed">
      <ul className="list">
        {leftovers.map(({ what }) => (
          <li key={what} className="bad-text">
            left behind: {what}
          </li>
        ))}
        {actions.map(({ id, text, owner, dueAt, doneAt }) => (
          <li key={id}>
            {done(doneAt !== undefined)} {id}: {text} <span className="quiet">{owner}, </span>
            <At at={dueAt} day />
          </li>
        ))}
        {reviews.map(({ name, title, doneAt }) => (
          <li key={name}>
            {done(doneAt !== undefined)} {title}
          </li>
        ))}
        {closing.map((line) => (
          <li key={line.name}>
            {done(line.done)} {line.title}
          </li>
        ))}
      </ul>
    </Card>
  );
}
