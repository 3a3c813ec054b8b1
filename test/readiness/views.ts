import type { PlanReadiness, ReadinessView } from '../../src/workflows/readiness/view.ts';

const at = '2026-11-21T06:00:00.000Z';

/** A look that found one plan that would not work, one with a warning and one that nobody would start now. */
export function readinessView(more: Partial<ReadinessView> = {}): ReadinessView {
  const plan = (name: string, own: Partial<PlanReadiness>): PlanReadiness => ({
    ...{
      name,
      runbook: name.split(' ')[0]!,
      title: 'A plan',
      input: {},
      state: 'ready',
      since: at,
      score: null,
      findings: [],
      practice: null,
    },
    ...own,
  });
  return {
    ...{
      version: 1,
      environment: 'range',
      evaluation: 3,
      looking: false,
      at,
      because: 'sam asked for it',
      nextAt: '2026-11-21T06:30:00.000Z',
    },
    plans: [
      plan('fail-over-region shop east west', {
        state: 'notReady',
        score: { points: 0, parts: [{ part: 'findings', factor: 0, why: '1 failed' }] },
        findings: [
          {
            ...{ check: 'replica-lag', resource: 'orders in west', state: 'failed', since: at },
            ...{ needed: 'replication lag of at most 5 s', have: '41 s' },
          },
          { check: 'capacity', resource: 'Auto Scaling maximum in west', state: 'ok', needed: '3', have: '6', since: at },
        ],
      }),
      plan('fail-over-region shop west east', { state: 'notNow', notNow: 'orders in west takes no writes' }),
      plan('roll-back-deployment shop east', {
        state: 'warnings',
        score: { points: 90, parts: [{ part: 'practice', factor: 1, why: 'last done 2 d ago' }] },
        findings: [
          {
            ...{ check: 'leases', resource: 'capacity/shop', state: 'warning', since: at },
            ...{ needed: 'nobody who holds it', have: '"Another run" (a-run)' },
          },
        ],
        practice: { runId: 'roll-back-deployment-1', at: '2026-11-19T06:00:00.000Z', code: null },
      }),
    ],
    alerts: [],
    ...more,
  };
}
