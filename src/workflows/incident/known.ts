import type { AlertFact } from './alerts.ts';
import type { NewIncident } from './commands.ts';
import type { IncidentSummary } from './view.ts';

/** An incident as the desk knows it. */
export interface KnownIncident {
  summary: IncidentSummary;
  /** Of the alerts that proposed it. */
  cause?: string;
  /** How its workflow is started; gone once it is. */
  toStart?: NewIncident;
  /** Changed episodes that it has not been told of. */
  toTell: AlertFact[];
  /** Episodes that it was told of, each for itself. */
  listed: number;
  /** Episodes beyond those: as one, which fires while any of them does. */
  more?: MoreEpisodes;
}

export interface MoreEpisodes {
  firing: number;
  startsAt: string;
  /** How often it has begun to fire. */
  times: number;
}
