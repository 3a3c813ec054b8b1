import type { ReadinessView } from '../../../src/workflows/readiness/view.ts';

const at = '2026-03-14T09:00:00.000Z';
const view: ReadinessView = {
  ...{ version: 1, environment: 'range', evaluation: 3, looking: false, at, because: 'an hour has passed', nextAt: at, alerts: [] },
  plans: [
    {
      ...{
        name: 'shop-to-west',
        runbook: 'fail-over-region',
        title: 'Fail shop over from east to west',
        input: {},
        state: 'notReady',
        since: at,
      },
      score: { points: 40, parts: [{ part: 'findings', factor: 0.4, why: 'the standby is 3 min behind' }] },
      findings: [
        { check: 'lag', resource: 'orders-west', state: 'failed', needed: '30 s at most', have: '3 min', since: at },
        { check: 'capacity', resource: 'shop-west', state: 'ok', needed: '1', have: '1', since: at },
      ],
      practice: null,
    },
  ],
};

/** One plan that is not ready. */
export const readiness = { view: async () => view, evaluate: async () => undefined };
