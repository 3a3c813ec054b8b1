import { useParams, useSearch } from '@tanstack/react-router';

/** What the address names; the routes say which of them it holds. */
interface Named {
  runId: string;
  runbook: string;
  number: string;
}
export function useNamed(): Named {
  const named: unknown = useParams({ strict: false });
  return named as Named;
}

/** What the address asks for: the state of a page that can be copied and sent. */
interface Wanted {
  /** Words that are searched. */
  q?: string;
  incident?: string;
  /** What a form holds at first, as JSON. */
  with?: string;
}
export function useWanted(): Wanted {
  const wanted: unknown = useSearch({ strict: false });
  return wanted as Wanted;
}
