import type { z } from 'zod';
import type * as answers from '../../api/answers.ts';
import type { incidentList } from '../../api/incident-answers.ts';
import type { readinessView } from '../../api/routes/readiness.ts';
import type { Described } from '../../catalogue.ts';

export type { IncidentView } from '../../workflows/incident/view.ts';
export type { Fact, GateView, Mode, RunView, StepView, Verb } from '../../workflows/messages.ts';

/** What the API answers, as it declares it itself. */
export type Me = z.output<typeof answers.me>;
export type RunSummary = z.output<typeof answers.runList>['runs'][number];
export type Runbook = Described;
export type Started = z.output<typeof answers.started>;
export type Readiness = z.output<typeof readinessView>;
export type ReadyPlan = Readiness['plans'][number];
export type Incidents = z.output<typeof incidentList>;
export type IncidentSummary = Incidents['open'][number];
export type Problem = z.output<typeof answers.problem>;
