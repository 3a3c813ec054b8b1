export { incident } from '../../src/workflows/lifecycle/incident.ts';
