import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { runbooksQuery } from '../client/queries.ts';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { Search } from '../parts/search.tsx';
import { matches } from '../run/line.tsx';
import { useWanted } from '../shell/address.ts';
import { useTitle } from '../shell/title.ts';

/** Every runbook with when to use it, what it asks and what it can take back, searched by what one sees. */
export function CataloguePage() {
  const { q = '' } = useWanted();
  const { data, error } = useQuery(runbooksQuery);
  useTitle('Runbooks');
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  const shown = data.filter(({ name, title, when, symptoms = [] }) => matches(q, name, title, when, symptoms.join(' ')));
  return (
    <>
      <h1>Runbooks</h1>
      <Search to="/runbooks" label="Search runbooks" placeholder="What do you see? (/)" />
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
