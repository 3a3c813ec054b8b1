import type { Environment } from '../config/schema.ts';
import type { ActionItem } from '../workflows/incident/view.ts';
import type { Incidents } from './incidents.ts';
import { metricsOf, type IncidentMetrics } from './metrics.ts';

/** An action item that nobody has done yet. */
export type OpenAction = ActionItem & { number: string };

/** What a month of incidents comes to. */
export interface IncidentMonth extends IncidentMetrics {
  /** `YYYY-MM`, in UTC. */
  month: string;
  environment: { name: string; title: string };
  /** Of every incident, whenever it was; soonest due first. */
  actions: OpenAction[];
  /** Incidents whose open action items could not be read. */
  unread: string[];
}

/** Incidents that are asked at a time. */
const atOnce = 20;

/** First moment of a month and of the next; ISO. `2026-11` → 1 November, 1 December. Throws RangeError when it is no month. */
export function boundsOf(month: string): { from: string; to: string } {
  const [year, number] = month.split('-').map(Number);
  const start = (index: number) => new Date(Date.UTC(year!, index, 1)).toISOString();
  return { from: start(number! - 1), to: start(number!) };
}

/** The metrics of a month, and the action items that are open now. Throws RunProblem when nobody answers for the desk. */
export async function readMonth(
  environment: Environment,
  incidents: Pick<Incidents, 'list' | 'view'>,
  month: string,
  now = new Date().toISOString(),
): Promise<IncidentMonth> {
  const { open, ended } = await incidents.list();
  const all = [...open, ...ended];
  const severities = environment.incidents?.policy.severities.map(({ name }) => name) ?? [];
  const owing = all.filter(({ openActions, drill }) => openActions > 0 && !drill).map(({ number }) => number);
  const { actions, unread } = await readActions(incidents, owing);
  const { name, title } = environment;
  return { month, environment: { name, title }, ...metricsOf(all, { ...boundsOf(month), now, severities }), actions, unread };
}

async function readActions(
  incidents: Pick<Incidents, 'view'>,
  numbers: readonly string[],
): Promise<Pick<IncidentMonth, 'actions' | 'unread'>> {
  const actions: OpenAction[] = [];
  const unread: string[] = [];
  const ask = async (number: string) => {
    const view = await incidents.view(number).catch(() => undefined);
    if (view) actions.push(...view.actions.filter(({ doneAt }) => doneAt === undefined).map((action) => ({ ...action, number })));
    else unread.push(number);
  };
  for (let from = 0; from < numbers.length; from += atOnce) await Promise.all(numbers.slice(from, from + atOnce).map(ask));
  return { actions: actions.sort((a, b) => a.dueAt.localeCompare(b.dueAt) || a.number.localeCompare(b.number)), unread: unread.sort() };
}
