import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { runMarks } from '../../words/states.ts';
import { runsQuery } from '../client/queries.ts';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { useWanted } from '../shell/address.ts';
import { matches, RunLine } from './line.tsx';

/** The newest runs, searched by what stands in the address. */
export function RunsPage() {
  const { q = '' } = useWanted();
  const navigate = useNavigate();
  const { data, error } = useQuery(runsQuery);
  useEffect(() => {
    document.title = 'Runs · Muster';
  }, []);
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  const shown = data.filter(({ title, runbook, runId, state, mode }) =>
    matches(q, title, runbook, runId, runMarks[state as keyof typeof runMarks]?.word, mode),
  );
  return (
    <>
      <h1>Runs</h1>
      <TextInput
        type="search"
        aria-label="Search runs"
        placeholder="Search (/)"
        value={q}
        onChange={({ currentTarget }) =>
          void navigate({ to: '/runs', search: currentTarget.value === '' ? {} : { q: currentTarget.value }, replace: true })
        }
      />
      <Card>
        {shown.length === 0 && <p className="quiet">{data.length === 0 ? 'No run yet.' : `No run has all these words: ${q}`}</p>}
        <ul className="list">
          {shown.map((run) => (
            <RunLine key={run.runId} run={run} />
          ))}
        </ul>
      </Card>
      <Link to="/runbooks">Start a run</Link>
    </>
  );
}
