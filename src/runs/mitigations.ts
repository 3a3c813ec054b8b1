import { finalStates, type RunState, type RunView } from '../workflows/messages.ts';
import { mitigationMeasure, type Mitigate, type MitigationRecord } from '../workflows/procedures/service/mitigation.ts';
import type { Runs } from './runs.ts';

/** A measure that holds now. */
export interface MitigationSummary {
  runId: string;
  service: string;
  kind: string;
  /** Requests a second, or instances. */
  value?: number;
  owner: string;
  reason: string;
  since: string;
  /** When people are asked whether it is still needed; null while they are asked, and when nobody will be. */
  asksAt: string | null;
  /** How often people said that it is still needed. */
  kept: number;
  state: RunState;
  /** Where its run stands, in a sentence. */
  status: string;
  /** Its run has ended and left it in force: nobody will be asked, and nothing takes it back. */
  left: boolean;
}

const runbook = 'mitigate';
const mostOpen = 500;
/** Ended runs that are looked at for measures that were left in force. */
const mostEnded = 50;

/** Measures in force, the newest first: of runs that are open, and of those that ended and left one behind which no later run took over. */
export async function listMitigations(runs: Pick<Runs, 'list' | 'view'>): Promise<MitigationSummary[]> {
  const [open, recent] = await Promise.all([runs.list(mostOpen, { runbook, open: true }), runs.list(mostEnded, { runbook })]);
  const all = [...new Map([...open, ...recent].map((run) => [run.runId, run])).values()].filter(({ mode }) => mode === 'live');
  const views = await Promise.all(all.map(({ runId }) => runs.view(runId)));
  views.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  const decided = new Set<string>();
  return views.flatMap((view) => {
    const record = view.measures[mitigationMeasure] as MitigationRecord | undefined;
    if (!record) return [];
    const { service, kind } = view.plan as Mitigate;
    const name = `${service} ${kind}`;
    if (decided.has(name)) return [];
    decided.add(name);
    return record.inForce && view.successor === undefined ? [summaryOf(view, record)] : [];
  });
}

function summaryOf(view: RunView, { since, asksAt, kept }: MitigationRecord): MitigationSummary {
  const { service, kind, value, owner } = view.plan as Mitigate;
  const { runId, reason, state, status } = view;
  const left = finalStates.includes(state);
  return {
    ...{ runId, service, kind, owner, reason, since, kept, state, status, left },
    ...(value === undefined ? {} : { value }),
    asksAt: left ? null : asksAt,
  };
}
