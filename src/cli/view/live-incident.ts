import type { IncidentView } from '../../workflows/incident/view.ts';
import { liveOf, type LiveView } from './live.ts';
import { entriesOf, renderIncident } from './render-incident.ts';

/** Shows an incident while it goes on. */
export function liveIncident(stream: NodeJS.WriteStream = process.stdout): LiveView<IncidentView> {
  return liveOf({ idOf: ({ number }) => number, entriesOf, render: renderIncident }, stream);
}
