import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { runMarks } from '../../words/states.ts';
import { get, post } from '../client/api.ts';
import type { Me, Runbook, RunView, Started } from '../client/types.ts';
import { Confirm, type Asked } from '../parts/confirm.tsx';
import { bodyOf, Fields, firstValues, isWhole, type Field } from '../parts/fields.tsx';
import { Chip } from '../parts/mark.tsx';
import { Card, Trouble } from '../parts/said.tsx';
import { fieldsOf } from './schema.ts';

interface FormProps {
  runbook: Runbook;
  me: Me;
  incident: string | undefined;
  given: Record<string, unknown>;
}

const why: Field = { name: 'reason', label: 'Why', kind: 'line', needed: true, help: 'Stands in the run and its report' };

/** First a dry run, then the real one beside what the dry run has foreseen. */
export function StartForm({ runbook, me, incident, given }: FormProps) {
  const fields = fieldsOf(runbook, me, given);
  const all = [...fields, why];
  const navigate = useNavigate();
  const [values, set] = useState(firstValues(all));
  const [rehearsed, setRehearsed] = useState<{ runId: string; of: string }>();
  const [asked, setAsked] = useState<Asked>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const input = bodyOf(fields, values);
  const same = rehearsed?.of === JSON.stringify(input);
  const start = (mode: 'live' | 'simulate', key?: string) => {
    const body = { runbook: runbook.name, mode, reason: values['reason'], input, ...(incident === undefined ? {} : { incident }) };
    return post<Started>('/api/runs', body, key);
  };
  const rehearse = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { runId } = await start('simulate');
      setRehearsed({ runId, of: JSON.stringify(input) });
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  const ask = () => {
    const key = crypto.randomUUID();
    setAsked({
      title: `Start for real: ${runbook.title}?`,
      what: `${Object.entries(input)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(', ')}. ${same ? '' : 'No dry run has foreseen what this does.'}`,
      yes: 'Start',
      danger: true,
      act: async () => {
        const { runId } = await start('live', key);
        await navigate({ to: '/runs/$runId', params: { runId } });
      },
    });
  };
  const whole = isWhole(all, values);
  return (
    <div className="grid">
      <Card title="What with">
        <form className="stack" onSubmit={(event) => (event.preventDefault(), void rehearse())}>
          <Fields fields={all} values={values} set={set} />
          {incident !== undefined && <p>For the incident {incident}.</p>}
          {problem !== undefined && <Trouble>{problem}</Trouble>}
          <div className="apart">
            <Button type="submit" size="md" variant={same ? 'default' : 'filled'} disabled={!whole} loading={busy}>
              Dry run
            </Button>
            <Button size="md" color="red" variant={same ? 'filled' : 'outline'} disabled={!whole} onClick={ask}>
              Start for real
            </Button>
          </div>
        </form>
      </Card>
      <Card title="What it would do">
        {rehearsed ? (
          <Foretold runId={rehearsed.runId} same={same} />
        ) : (
          <p className="quiet">A dry run reads for real, changes nothing, and says here what would be called.</p>
        )}
      </Card>
      {asked && <Confirm asked={asked} close={() => setAsked(undefined)} />}
    </div>
  );
}

function Foretold({ runId, same }: { runId: string; same: boolean }) {
  const { data, error } = useQuery({
    queryKey: ['run', runId],
    queryFn: () => get<RunView>(`/api/runs/${encodeURIComponent(runId)}`),
    refetchInterval: ({ state }) => (state.data?.endedAt ? false : 1_000),
  });
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <p aria-busy>The dry run begins …</p>;
  const calls = data.steps.flatMap(({ title, predicted }) => predicted.map(({ call }) => ({ title, call })));
  const asks = data.gates.map(({ question, quorum, of }) => `${question} (${quorum} of ${of})`);
  return (
    <>
      {!same && <Trouble>The form has changed since: this is what it would have done before.</Trouble>}
      <p aria-live="polite">
        <Chip of={data.state} marks={runMarks} /> {data.status}{' '}
        <Link to="/runs/$runId" params={{ runId }}>
          The dry run
        </Link>
      </p>
      {asks.length > 0 && <p>Asks: {asks.join('; ')}</p>}
      <ol className="calls">
        {calls.map(({ title, call }, index) => (
          <li key={index} title={title}>
            {call}
          </li>
        ))}
      </ol>
      {data.endedAt && calls.length === 0 && <p className="quiet">It would call nothing that changes something.</p>}
    </>
  );
}
