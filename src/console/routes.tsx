import { createRootRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { NowPage } from './now/page.tsx';
import { RunPage } from './run/page.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell });
const getParentRoute = () => root;

const words = (search: Record<string, unknown>): { q?: string } =>
  typeof search['q'] === 'string' && search['q'] !== '' ? { q: search['q'] } : {};

/** The incident that a run is for, and what the form holds at first. */
function starting(search: Record<string, unknown>): { incident?: string; with?: string } {
  const { incident, with: given } = search;
  return { ...(typeof incident === 'string' ? { incident } : {}), ...(typeof given === 'string' ? { with: given } : {}) };
}

/** Every address of the console; one that is not here is said to be none. */
export const routeTree = root.addChildren([
  createRoute({ getParentRoute, path: '/', component: NowPage }),
  createRoute({
    getParentRoute,
    path: '/runs',
    component: lazyRouteComponent(() => import('./run/list.tsx'), 'RunsPage'),
    validateSearch: words,
  }),
  createRoute({ getParentRoute, path: '/runs/$runId', component: () => <RunPage /> }),
  createRoute({ getParentRoute, path: '/runs/$runId/approve', component: () => <RunPage only="gate" /> }),
  createRoute({
    getParentRoute,
    path: '/runbooks',
    component: lazyRouteComponent(() => import('./start/catalogue.tsx'), 'CataloguePage'),
    validateSearch: words,
  }),
  createRoute({
    getParentRoute,
    path: '/start/$runbook',
    component: lazyRouteComponent(() => import('./start/page.tsx'), 'StartPage'),
    validateSearch: starting,
  }),
  createRoute({ getParentRoute, path: '/incidents', component: lazyRouteComponent(() => import('./incidents/list.tsx'), 'IncidentsPage') }),
  createRoute({
    getParentRoute,
    path: '/incidents/declare',
    component: lazyRouteComponent(() => import('./incidents/declare.tsx'), 'DeclarePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/incidents/$number',
    component: lazyRouteComponent(() => import('./incidents/page.tsx'), 'IncidentPage'),
  }),
  createRoute({ getParentRoute, path: '/readiness', component: lazyRouteComponent(() => import('./readiness/page.tsx'), 'ReadinessPage') }),
  createRoute({ getParentRoute, path: '/drills', component: lazyRouteComponent(() => import('./drills/page.tsx'), 'DrillsPage') }),
]);
