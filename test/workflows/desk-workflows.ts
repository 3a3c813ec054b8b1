import { allHandlersFinished, condition, defineQuery, setHandler } from '@temporalio/workflow';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import { alertsSignal, type NewIncident } from '../../src/workflows/incident/commands.ts';

export { incidentDesk } from '../../src/workflows/lifecycle/incident-desk.ts';

export interface Heard {
  new: NewIncident;
  alerts: AlertFact[];
}

/** An incident that only keeps what it is told. */
export async function incident(begun: { new: NewIncident }): Promise<void> {
  const heard: Heard = { new: begun.new, alerts: [...begun.new.alerts] };
  setHandler(defineQuery<Heard>('heard'), () => heard);
  setHandler(alertsSignal, (facts) => void heard.alerts.push(...facts));
  await condition(() => false);
  await condition(allHandlersFinished);
}
