import { useMantineColorScheme } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { post } from '../client/api.ts';
import { isSignedOut, meQuery } from '../client/queries.ts';
import type { Me } from '../client/types.ts';
import { Trouble, Waiting } from '../parts/said.tsx';
import { HealthBanner } from './health.tsx';
import { Keys } from './keys.tsx';
import { SignIn } from './sign-in.tsx';

const places = [
  ['/', 'Now'],
  ['/runs', 'Runs'],
  ['/runbooks', 'Runbooks'],
  ['/incidents', 'Incidents'],
  ['/readiness', 'Readiness'],
  ['/drills', 'Drills'],
] as const;

/** What is around every page: where one is, who one is, and what is out of order. Without a session there is only the way in. */
export function Shell() {
  const { data: me, error, isPending } = useQuery(meQuery);
  if (isSignedOut(error) || location.pathname === '/sign-in')
    return <SignIn why={me ? 'Your session has ended. Sign in, and you are where you were.' : undefined} />;
  if (!me)
    return (
      <main id="main">
        {isPending && <Waiting />}
        {error && <Trouble>{error.message}</Trouble>}
      </main>
    );
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById('main')?.focus())}>
        Skip to the content
      </a>
      <Top me={me} />
      <HealthBanner />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

function Top({ me }: { me: Me }) {
  const client = useQueryClient();
  const [keys, setKeys] = useState(false);
  const leave = async () => {
    await post('/api/sign-out', {}).catch(() => undefined);
    await client.invalidateQueries(meQuery);
  };
  return (
    <div className="top">
      <nav aria-label="Places">
        <Link to="/" className="brand">
          Muster
        </Link>
        {places.map(([to, name]) => (
          <Link
            key={to}
            to={to}
            className="place"
            activeOptions={{ exact: to === '/', includeSearch: false }}
            activeProps={{ 'aria-current': 'page' }}
          >
            {name}
          </Link>
        ))}
      </nav>
      <section className="who" aria-label="You">
        <span className="environment">{me.environment.title}</span>
        <span title={[...me.roles, ...me.duties].join(', ')}>{me.name}</span>
        <Scheme />
        <button type="button" className="filter" onClick={() => setKeys(true)}>
          Keys
        </button>
        <button type="button" className="filter" onClick={() => void leave()}>
          Sign out
        </button>
      </section>
      <Keys open={keys} setOpen={setKeys} />
    </div>
  );
}

const next = { auto: 'dark', dark: 'light', light: 'auto' } as const;

function Scheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <button type="button" className="filter" onClick={() => setColorScheme(next[colorScheme])}>
      Colours: {colorScheme}
    </button>
  );
}
