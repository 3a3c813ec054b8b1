import { useQuery, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, readSafely } from './api.ts';
import type { Problem } from './types.ts';

/** `live`: every change is shown at once. `interrupted`: it is tried again by itself. `ended`: no more will come. */
export type Connection = { state: 'connecting' | 'live' | 'interrupted' | 'ended' } | { state: 'problem'; detail: string };

/** Follows something by server-sent events; what it is now comes with the first one, and after every break again. */
export function useLive<T>(key: QueryKey, path: string): { data: T | undefined; error: Error | null; connection: Connection } {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' });
  const { data, error } = useQuery({ queryKey: key, queryFn: () => get<T>(path), staleTime: 5_000 });
  const id = JSON.stringify(key);
  useEffect(() => {
    let events: EventSource;
    let again: number | undefined;
    const connect = () => {
      events = new EventSource(`${path}/events`);
      events.onopen = () => setConnection({ state: 'live' });
      events.onmessage = ({ data: text }: MessageEvent<string>) => {
        setConnection({ state: 'live' });
        client.setQueryData(key, readSafely(text));
      };
      events.addEventListener('end', () => {
        events.close();
        setConnection({ state: 'ended' });
      });
      events.addEventListener('problem', ({ data: text }: MessageEvent<string>) => {
        events.close();
        setConnection({ state: 'problem', detail: (readSafely(text) as Problem).detail });
        void client.invalidateQueries({ queryKey: key });
        again = window.setTimeout(connect, 5_000);
      });
      events.onerror = () => {
        setConnection({ state: 'interrupted' });
        if (events.readyState !== EventSource.CLOSED) return;
        // Refused for good: why is answered to a plain question, and by the way in.
        void client.invalidateQueries({ queryKey: key });
        void client.invalidateQueries({ queryKey: ['me'] });
        again = window.setTimeout(connect, 5_000);
      };
    };
    connect();
    return () => {
      events.close();
      window.clearTimeout(again);
    };
  }, [id, path, client]);
  return { data, error, connection };
}
