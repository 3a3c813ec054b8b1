import type { DeclaredIncident } from '../incidents/incidents.ts';
import type { IncidentMonth } from '../incidents/month.ts';
import type { DeskView, IncidentAnswer, IncidentCommandName, IncidentCommands } from '../workflows/incident/commands.ts';
import type { IncidentView } from '../workflows/incident/view.ts';
import type { ReportFormat, Started, StartRequest } from './runs-client.ts';
import type { Me } from './who.ts';

/** What is said of a new incident; who says it comes from the token, or from `--as`. */
export interface Declare {
  title: string;
  service: string;
  severity: string;
  impact?: string;
  /** ISO. */
  startedAt?: string;
  drill?: boolean;
}

export interface Answered {
  /** False: recorded, but no worker has answered yet. */
  applied: boolean;
  answer?: IncidentAnswer;
}

/** How the command line reaches incidents: through the API, or straight through Temporal. `key` makes a repeat harmless. */
export interface IncidentsClient {
  /** E.g. `the API at http://127.0.0.1:8080`. */
  readonly through: string;
  declare(said: Declare, key: string): Promise<DeclaredIncident>;
  list(): Promise<DeskView>;
  view(number: string): Promise<IncidentView>;
  ask<Name extends IncidentCommandName>(number: string, command: Name, said: IncidentCommands[Name], key: string): Promise<Answered>;
  /** Starts a run that belongs to the incident. */
  start(number: string, request: Omit<StartRequest, 'incident'>, key: string): Promise<Started>;
  /** A new view at once and after every change, until the incident has ended or the signal aborts. */
  follow(number: string, signal: AbortSignal): AsyncIterable<IncidentView>;
  report(number: string, format: ReportFormat): Promise<string>;
  /** The metrics of the incidents of a month, `YYYY-MM`. */
  month(month: string): Promise<IncidentMonth>;
  /** As whom it speaks. */
  me(): Promise<Me>;
  close(): Promise<void>;
}
