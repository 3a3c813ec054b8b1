import { queryOptions, useQuery } from '@tanstack/react-query';
import { ApiError, get } from './api.ts';
import type { Incidents, Me, Readiness, Runbook, RunSummary } from './types.ts';

const often = 3_000;
const seldom = 15_000;

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => get<Me>('/api/me'), staleTime: 60_000 });
export const runsQuery = queryOptions({
  queryKey: ['runs'],
  queryFn: async () => (await get<{ runs: RunSummary[] }>('/api/runs?limit=100')).runs,
  refetchInterval: often,
});
export const incidentsQuery = queryOptions({
  queryKey: ['incidents'],
  queryFn: () => get<Incidents>('/api/incidents'),
  refetchInterval: often,
});
export const readinessQuery = queryOptions({
  queryKey: ['readiness'],
  queryFn: () => get<Readiness>('/api/readiness'),
  refetchInterval: seldom,
});
export const runbooksQuery = queryOptions({
  queryKey: ['runbooks'],
  queryFn: async () => (await get<{ runbooks: Runbook[] }>('/api/runbooks')).runbooks,
  staleTime: Infinity,
});
/** Who is signed in; a page is only drawn when somebody is. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error('nobody is signed in');
  return data;
}

/** Whether a person may do what needs this role or a stronger one. */
export function may(me: Me, role: Me['roles'][number]): boolean {
  const order = ['viewer', 'responder', 'approver', 'admin'];
  return me.roles.some((one) => order.indexOf(one) >= order.indexOf(role));
}

/** A person must sign in again; a refusal for another reason is no such thing. */
export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;
