import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { may, runbooksQuery, useMe } from '../client/queries.ts';
import type { Runbook } from '../client/types.ts';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { useNamed, useWanted } from '../shell/address.ts';
import { useTitle } from '../shell/title.ts';
import { StartForm } from './form.tsx';

/** One runbook: when to use it, and the form that rehearses and starts it. */
export function StartPage() {
  const { runbook: name } = useNamed();
  const { data, error } = useQuery(runbooksQuery);
  const runbook = data?.find((one) => one.name === name);
  useTitle(runbook?.title ?? 'Start');
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  if (!runbook)
    return (
      <>
        <h1>There is no runbook {name}</h1>
        <Link to="/runbooks">All runbooks</Link>
      </>
    );
  return <One runbook={runbook} />;
}

function One({ runbook }: { runbook: Runbook }) {
  const me = useMe();
  const { incident, with: given } = useWanted();
  const { title, when, asks = [], undoes, source, startRole } = runbook;
  return (
    <>
      <h1>{title}</h1>
      <p>{when}</p>
      <p className="quiet">
        Asks people: {asks.join(' ') || 'nothing'} Takes back: {undoes}. From: {source}.
      </p>
      {may(me, startRole) ? (
        <StartForm runbook={runbook} me={me} incident={incident} given={parsed(given)} />
      ) : (
        <Card>You may look. To start it needs the role {startRole}.</Card>
      )}
    </>
  );
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(text ?? '{}') as Record<string, unknown>;
  } catch {
    return {};
  }
}
