import { gateMarks } from '../../words/states.ts';
import { list } from '../../words/amounts.ts';
import type { GateView, Me, RunView } from '../client/types.ts';
import { Chip } from '../parts/mark.tsx';
import { Card } from '../parts/said.tsx';
import { At, Until } from '../parts/time.tsx';
import { Facts } from './facts.tsx';
import { Foreseen } from './foreseen.tsx';
import { approvalsOf, askedBy, standingOf } from './standing.ts';

/** One question to people, with everything that it hangs on. It shows what Temporal has, and nothing before. */
export function GateCard({ gate, view, me }: { gate: GateView; view: RunView; me: Me }) {
  const open = gate.state === 'open';
  return (
    <Card
      className={`gate ${gate.state}`}
      title={
        <>
          {gate.question} <Chip of={gate.state} marks={gateMarks} />
        </>
      }
    >
      <p>
        <strong>
          {approvalsOf(gate)} of {gate.quorum}
        </strong>{' '}
        have approved; asked: {askedBy(gate).join(', then ')}.{' '}
        {open && gate.closesAt && (
          <span className="quiet">
            Silence never approves: in <Until at={gate.closesAt} /> the run ends as timed out and takes back what it prepared.
          </span>
        )}
      </p>
      {open && <p className="standing">{standingOf(gate, view, me).says}</p>}
      {gate.cannotBeUndone !== undefined && (
        <p className="never">
          <span aria-hidden>⚠</span> Cannot be undone: {gate.cannotBeUndone}
        </p>
      )}
      <Facts gate={gate} />
      {gate.decisions.length > 0 && (
        <ul className="plain">
          {gate.decisions.map((one) => (
            <li key={`${one.by} ${one.at}`}>
              <Chip of={one.decision === 'approve' ? 'approved' : 'declined'} marks={gateMarks} /> {one.by}, <At at={one.at} />
              {one.comment !== undefined && `: ${one.comment}`}
            </li>
          ))}
        </ul>
      )}
      {open && <Foreseen view={view} />}
      {open && (
        <p className="quiet">
          Declined, the run goes no further this way.{' '}
          {view.undoable.length > 0
            ? `It can take back, newest first: ${list(view.undoable)}.`
            : 'It has done nothing that it must take back.'}
        </p>
      )}
    </Card>
  );
}
