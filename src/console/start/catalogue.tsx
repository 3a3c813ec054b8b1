import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { runbooksQuery } from '../client/queries.ts';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { matches } from '../run/line.tsx';
import { useWanted } from '../shell/address.ts';

/** Every runbook with when to use it, what it asks and what it can take back, searched by what one sees. */
export function CataloguePage() {
  const { q = '' } = useWanted();
  const navigate = useNavigate();
  const { data, error } = useQuery(runbooksQuery);
  useEffect(() => {
    document.title = 'Runbooks · Muster';
  }, []);
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  const shown = data.filter(({ name, title, when, symptoms = [] }) => matches(q, name, title, when, symptoms.join(' ')));
  return (
    <>
      <h1>Runbooks</h1>
      <TextInput
        type="search"
        aria-label="Search runbooks"
        placeholder="What do you see? (/)"
        value={q}
        onChange={({ currentTarget }) =>
          void navigate({ to: '/runbooks', search: currentTarget.value === '' ? {} : { q: currentTarget.value }, replace: true })
        }
      />
      {shown.length === 0 && <p className="quiet">No runbook has all these words: {q}</p>}
      <div className="grid">
        {shown.map((one) => (
          <Card
            key={one.name}
            title={
              <Link to="/start/$runbook" params={{ runbook: one.name }}>
                {one.title}
              </Link>
            }
          >
            <p>{one.when}</p>
            <p className="quiet">
              Asks: {one.asks?.join(' ') || 'nothing'} Takes back: {one.undoes}.
            </p>
          </Card>
        ))}
      </div>
    </>
  );
}
