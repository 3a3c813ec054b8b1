import { Button } from '@mantine/core';
import { useState } from 'react';
import { may } from '../client/queries.ts';
import type { Me, RunView, Verb } from '../client/types.ts';
import { Confirm, type Asked } from '../parts/confirm.tsx';
import { Told } from '../parts/said.tsx';
import { command, saidOf } from './commands.ts';

const labels = { pause: 'Pause', resume: 'Resume', retryStep: 'Retry', skipStep: 'Skip', undo: 'Undo', abort: 'Abort' } as const;
export type Shown = keyof typeof labels;

const Newest = ({ view }: { view: RunView }) =>
  view.undoable.length === 0 ? (
    <p>There is nothing to take back.</p>
  ) : (
    <>
      <p>Taken back, newest first:</p>
      <ul>
        {view.undoable.map((one, index) => (
          <li key={index}>{one}</li>
        ))}
      </ul>
    </>
  );

/** What each would do, before it is done. */
function questionOf(verb: Shown, view: RunView): Pick<Asked, 'title' | 'what' | 'yes' | 'danger' | 'reason'> {
  const late = view.pastPointOfNoReturn && <p className="never">The run is past its point of no return: what lies before it stays.</p>;
  switch (verb) {
    case 'pause':
      return {
        title: 'Pause the run?',
        what: 'What is under way is finished; then nothing more begins until somebody resumes.',
        yes: 'Pause',
        reason: 'may',
      };
    case 'resume':
      return { title: 'Resume the run?', what: 'It goes on where it was.', yes: 'Resume', reason: 'may' };
    case 'retryStep':
      return {
        title: 'Retry the failed step?',
        what: 'The step is tried again from its beginning. It finds what is done already and does not do it twice.',
        yes: 'Retry',
        reason: 'may',
      };
    case 'skipStep':
      return {
        title: 'Go on without the step?',
        what: 'The run goes on as if it were done, and ends as completed with exceptions. Say why that is safe.',
        yes: 'Skip',
        danger: true,
        reason: 'must',
      };
    case 'undo':
      return {
        title: 'Undo and end the run?',
        what: (
          <>
            {late}
            <Newest view={view} />
          </>
        ),
        yes: 'Undo',
        danger: true,
        reason: 'may',
      };
    case 'abort':
      return {
        title: 'Abort and leave everything as it is?',
        what: (
          <>
            {late}
            <p>
              The run ends now. What it has done stays done{view.undoable.length > 0 ? `: ${view.undoable.join(', ')}` : ''}. To take it
              back, choose Undo instead.
            </p>
          </>
        ),
        yes: 'Abort',
        danger: true,
        reason: 'may',
      };
  }
}

/** Buttons for what the run would take now; each says first what it does. */
export function Verbs({ view, me, of, size = 'sm' }: { view: RunView; me: Me; of: readonly Shown[]; size?: 'sm' | 'md' }) {
  const [asked, setAsked] = useState<Asked>();
  const [told, setTold] = useState<string>();
  if (!may(me, 'responder')) return null;
  const ask = (verb: Shown) => {
    setTold(undefined);
    const more = verb === 'abort' ? { how: 'leave' } : {};
    setAsked({
      ...questionOf(verb, view),
      act: async (reason) => {
        const body = { ...more, ...(reason === undefined ? {} : { reason }) };
        setTold(saidOf(labels[verb], await command(view.runId, verb satisfies Verb, body)));
      },
    });
  };
  return (
    <>
      <div className="row">
        {of
          .filter((verb) => view.verbs.includes(verb))
          .map((verb) => (
            <Button
              key={verb}
              size={size}
              variant={verb === 'retryStep' ? 'filled' : 'default'}
              className={verb === 'abort' || verb === 'skipStep' ? 'danger' : ''}
              onClick={() => ask(verb)}
            >
              {labels[verb]}
            </Button>
          ))}
      </div>
      {told !== undefined && <Told>{told}</Told>}
      {asked && <Confirm asked={asked} close={() => setAsked(undefined)} />}
    </>
  );
}
