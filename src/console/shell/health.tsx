import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';

interface Health {
  ready: boolean;
  detail: string;
}

const look = async (): Promise<Health> => {
  const response = await fetch('/readyz').catch(() => undefined);
  if (!response) return { ready: false, detail: 'The API does not answer; what you see may be old.' };
  return (await response.json()) as Health;
};

/** Says when Temporal, the worker or the API is away, and how the command line does the same. */
export function HealthBanner() {
  const { data } = useQuery({ queryKey: ['health'], queryFn: look, refetchInterval: 5_000, networkMode: 'always' });
  const runId = /^\/runs\/([^/]+)/.exec(useLocation().pathname)?.[1];
  if (!data || data.ready) return null;
  return (
    <p className="banner" role="alert">
      <span aria-hidden>✖</span> {data.detail} The command line does the same:{' '}
      <code>{runId === undefined ? './muster runs --direct' : `./muster watch ${runId} --direct`}</code>
    </p>
  );
}
