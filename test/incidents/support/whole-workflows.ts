// The desk and the incident as they are, with the whole range of what they ask of activities answered by a test.
export { incident } from '../../../src/workflows/lifecycle/incident.ts';
export { incidentDesk } from '../../../src/workflows/lifecycle/incident-desk.ts';
export { goesOn } from './goes-on.ts';
