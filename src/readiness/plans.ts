import { catalogue } from '../catalogue.ts';
import { runbookCode } from '../config/runbook-code.ts';
import type { Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import type { RunbookName } from '../workflows/runbook-names.ts';
import type { WatchedPlan } from '../workflows/readiness/watch-list.ts';
import { programsOf } from './programs.ts';

interface Wish {
  runbook: RunbookName;
  input: Record<string, unknown>;
}

/** What is asked only when the run is started; it does not matter for whether the run could work. */
const askedLater: Partial<Record<RunbookName, Record<string, unknown>>> = {
  'restore-database-to-point-in-time': { at: '2000-01-01T00:00:00Z' },
};

/** The recovery plans of an environment: those that its file lists, else what its services, databases and clusters allow. */
export function plansOf(environment: Environment): WatchedPlan[] {
  const { plans } = environment.readiness;
  if (plans) return plans.map((wish) => watched(environment, wish));
  // What the environment cannot do at all is no plan of it.
  return usualPlans(environment)
    .map((wish) => watched(environment, wish))
    .filter(({ plan }) => plan !== null);
}

function watched(environment: Environment, { runbook, input }: Wish): WatchedPlan {
  const entry = catalogue.find(({ name }) => name === runbook)!;
  const common = {
    ...{ name: [runbook, ...Object.values(input).map(inWord)].join(' '), runbook, title: entry.title, input },
    ...{ code: runbookCode(runbook), programs: programsOf(environment, runbook, input) },
  };
  try {
    const { run: _, ...plan } = entry.resolve(environment, { ...askedLater[runbook], ...input }, requestOf(environment));
    return { ...common, plan };
  } catch (error) {
    return { ...common, plan: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

const inWord = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const requestOf = ({ name, people }: Environment): RunRequest => ({
  ...{ environment: name, mode: 'simulate', requestedBy: 'muster', reason: 'readiness' },
  people: people.map(({ subject, name: called, roles, duties }) => ({ subject, name: called, roles, duties })),
});

function usualPlans({ services, clusters }: Environment): Wish[] {
  const moves = Object.entries(services).flatMap(([service, { regions, dns, database }]) =>
    dns === undefined || database === undefined ? [] : pairs(Object.keys(regions)).map(([from, to]) => ({ service, from, to })),
  );
  const restores = Object.entries(services).flatMap(([service, { regions, database }]) =>
    database === undefined ? [] : Object.keys(regions).map((region) => ({ service, region })),
  );
  const releases = Object.entries(services).flatMap(([service, { regions, delivery }]) =>
    delivery === undefined ? [] : Object.keys(regions).map((region) => ({ service, region })),
  );
  const writers = Object.entries(clusters).flatMap(([cluster, { regions }]) => {
    const names = Object.keys(regions);
    const members = Object.values(regions).flatMap((part) => (part.members.length > 1 ? part.members : []));
    return [...(names.length > 1 ? names : []), ...members].map((to) => ({ cluster, to }));
  });
  const of = (runbook: RunbookName, inputs: readonly Record<string, unknown>[]): Wish[] => inputs.map((input) => ({ runbook, input }));
  return [
    ...of('fail-over-region', moves),
    ...of('restore-from-snapshot', moves),
    ...of('restore-database-to-point-in-time', restores),
    ...of('fail-over-database-cluster', writers),
    ...of('roll-back-deployment', releases),
  ];
}

const pairs = (names: readonly string[]): [string, string][] =>
  names.flatMap((from) => names.filter((to) => to !== from).map((to): [string, string] => [from, to]));
