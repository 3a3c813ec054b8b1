import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { GateView, Me, RunView } from '../client/types.ts';
import { Confirm, type Asked } from '../parts/confirm.tsx';
import { Told, Trouble } from '../parts/said.tsx';
import { command, saidOf, serviceOf } from './commands.ts';
import { standingOf } from './standing.ts';

/** Approve and decline, far apart and always in reach; what is decided is said to have been when Temporal has it. */
export function Decide({ gate, view, me }: { gate: GateView; view: RunView; me: Me }) {
  const [asked, setAsked] = useState<{ digest: string; question: Asked }>();
  const [told, setTold] = useState<string>();
  const [moved, setMoved] = useState(false);
  const { approve, decline, says } = standingOf(gate, view, me);
  // What was looked at is no more: nobody decides on the new facts with the old question before them.
  useEffect(() => {
    if (!asked || asked.digest === gate.digest) return;
    setAsked(undefined);
    setMoved(true);
  }, [asked, gate.digest]);
  const ask = (verb: 'approve' | 'decline') => {
    setMoved(false);
    setTold(undefined);
    const { id, digest, question, cannotBeUndone } = gate;
    const typed = verb === 'approve' && cannotBeUndone !== undefined ? (serviceOf(view) ?? 'approve') : undefined;
    const label = verb === 'approve' ? 'Approve' : 'Decline';
    setAsked({
      digest,
      question: {
        title: `${label}: ${question}`,
        what: typed === undefined ? says : `${says} This cannot be undone: ${cannotBeUndone}`,
        yes: label,
        danger: verb === 'decline' || typed !== undefined,
        reason: 'may',
        ...(typed === undefined ? {} : { type: typed }),
        act: async (comment) =>
          setTold(saidOf(label, await command(view.runId, verb, { gate: id, digest, ...(comment === undefined ? {} : { comment }) }))),
      },
    });
  };
  return (
    <div className="decide" role="group" aria-label="Decide">
      {moved && <Trouble>The facts have changed. Nothing was sent: look at them again.</Trouble>}
      {told !== undefined && <Told>{told}</Told>}
      <div className="apart">
        <Button size="lg" variant="outline" color="red" disabled={!decline} onClick={() => ask('decline')}>
          Decline
        </Button>
        <span className="quiet wide">{says}</span>
        <Button size="lg" color="green" disabled={!approve} onClick={() => ask('approve')}>
          Approve
        </Button>
      </div>
      {asked && <Confirm asked={asked.question} close={() => setAsked(undefined)} />}
    </div>
  );
}
