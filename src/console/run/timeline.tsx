import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { may } from '../client/queries.ts';
import { messageMarks } from '../../words/states.ts';
import type { Me, RunView } from '../client/types.ts';
import { Chip } from '../parts/mark.tsx';
import { Card, Told, Trouble } from '../parts/said.tsx';
import { At } from '../parts/time.tsx';
import { command, saidOf } from './commands.ts';

const step = 200;

/** What happened, newest first, in pieces: a long run must scroll as well as a short one. */
export function Timeline({ view }: { view: RunView }) {
  const kinds = [...new Set(view.timeline.map(({ kind }) => kind))];
  const [only, setOnly] = useState<string>();
  const [most, setMost] = useState(step);
  const lines = view.timeline.filter(({ kind }) => only === undefined || kind === only).toReversed();
  return (
    <Card title={`Timeline (${view.timeline.length})`}>
      <div className="row" role="group" aria-label="Show only">
        {[undefined, ...kinds].map((kind) => (
          <button key={kind ?? 'all'} type="button" className="filter" aria-pressed={only === kind} onClick={() => setOnly(kind)}>
            {kind ?? 'all'}
          </button>
        ))}
      </div>
      <ol className="plain lines">
        {lines.slice(0, most).map((entry, index) => (
          <li key={lines.length - index}>
            <At at={entry.at} /> <span className="kind">{entry.kind}</span> {entry.text}
            {entry.by !== undefined && !entry.text.includes(entry.by) && ` (${entry.by})`}
          </li>
        ))}
      </ol>
      {lines.length > most && (
        <Button variant="default" onClick={() => setMost(most + step)}>
          {lines.length - most} older
        </Button>
      )}
    </Card>
  );
}

/** What was told to others, and whether it arrived. */
export function Messages({ view }: { view: RunView }) {
  if (view.messages.length === 0) return null;
  return (
    <Card title={`Messages (${view.messages.length})`}>
      <ul className="plain lines">
        {view.messages.map((one, index) => (
          <li key={index}>
            <Chip of={one.state} marks={messageMarks} /> {one.to}, <At at={one.at} />: {one.text}
            {one.problem !== undefined && <span className="bad-text"> ({one.problem})</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** A sentence of a person for the timeline. */
export function Note({ view, me }: { view: RunView; me: Me }) {
  const [text, setText] = useState('');
  const [told, setTold] = useState<{ bad: boolean; says: string }>();
  if (!view.verbs.includes('note') || !may(me, 'responder')) return null;
  const send = async () => {
    try {
      const answer = await command(view.runId, 'note', { text });
      setText('');
      setTold({ bad: false, says: saidOf('Note', answer) });
    } catch (error) {
      setTold({ bad: true, says: (error as Error).message });
    }
  };
  return (
    <Card title="Note">
      <Textarea aria-label="Note" id="note" value={text} maxLength={4_000} onChange={({ currentTarget }) => setText(currentTarget.value)} />
      <div className="row">
        <Button variant="default" disabled={text.trim() === ''} onClick={() => void send()}>
          Write it into the timeline
        </Button>
      </div>
      {told && (told.bad ? <Trouble>{told.says}</Trouble> : <Told>{told.says}</Told>)}
    </Card>
  );
}
