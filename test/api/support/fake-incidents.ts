import type { DeclaredIncident, DeclareIncident, Incidents } from '../../../src/incidents/incidents.ts';
import type { DeskView, IncidentAnswer, IncidentAsk } from '../../../src/workflows/incident/commands.ts';
import type { IncidentView } from '../../../src/workflows/incident/view.ts';
import { deskView, incidentView } from '../../incidents/support/incident-view.ts';

/** An Incidents that remembers what it was asked and answers what the test says. */
export class FakeIncidents implements Incidents {
  readonly declared: DeclareIncident[] = [];
  readonly asked: { number: string; ask: IncidentAsk }[] = [];
  declareAnswer: () => Promise<DeclaredIncident> = async () => ({ number: 'INC-2026-03-14-001', applied: true, existed: false });
  askAnswer: () => Promise<{ applied: boolean; answer?: IncidentAnswer }> = async () => ({
    applied: true,
    answer: { state: 'acknowledged', status: 'is worked on' },
  });
  viewAnswer: (number: string) => Promise<IncidentView> = async (number) => incidentView({ number });
  followAnswer: (number: string, signal: AbortSignal) => AsyncIterable<IncidentView> = async function* (number) {
    yield incidentView({ number });
  };

  async declare(asked: DeclareIncident): Promise<DeclaredIncident> {
    this.declared.push(asked);
    return this.declareAnswer();
  }
  async list(): Promise<DeskView> {
    return deskView();
  }
  async view(number: string): Promise<IncidentView> {
    return this.viewAnswer(number);
  }
  async ask(number: string, ask: IncidentAsk): Promise<{ applied: boolean; answer?: IncidentAnswer }> {
    this.asked.push({ number, ask });
    return this.askAnswer();
  }
  follow(number: string, signal: AbortSignal): AsyncIterable<IncidentView> {
    return this.followAnswer(number, signal);
  }
}
