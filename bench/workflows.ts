// Runbooks made with the kit, as small as they can be.
import { proxyActivities } from '@temporalio/workflow';
import { runbook, type RunResult } from '../src/workflows/kit/runbook.ts';
import type { Fact, RunRequest } from '../src/workflows/messages.ts';
import type { RegionMove } from '../src/workflows/plans/plan.ts';
import { probes } from '../src/workflows/tools.ts';
import type { TrivialActivities } from './activities.ts';

export { leases } from '../src/workflows/lifecycle/leases.ts';

const tools = proxyActivities<TrivialActivities>({ startToCloseTimeout: '10s' });
const minute = 60_000;
const asked = { of: 'incident-commander', quorum: 1, within: 15 * minute, expiresAfter: 60 * minute };

/** Step after step, with the leases that are asked for. */
export async function steps(plan: { run: RunRequest; count: number; leases: string[] }): Promise<RunResult> {
  return runbook(plan, { title: 'Step after step', leases: plan.leases }, async ({ phase, step }) => {
    phase('Measure');
    for (let number = 1; number <= plan.count; number++) await step(`Do number ${number}`, () => tools.act(number));
  });
}

/** Looks first, as every runbook does; what changes something waits for the leases. */
export async function look(plan: { run: RunRequest; leases: string[] }): Promise<RunResult> {
  return runbook(plan, { title: 'A look and an act', leases: plan.leases }, async ({ check, step }) => {
    await check('Look', () => tools.act(1));
    await step('Act', () => tools.act(2));
  });
}

/** A gate with one fact, and an act behind it. */
export async function approval(plan: { run: RunRequest }): Promise<RunResult> {
  return runbook(plan, { title: 'Approval', leases: [] }, async ({ gate, step }) => {
    const lag = async (): Promise<Fact> => ({
      ...{ id: 'lag', name: 'lag', kind: 'duration', value: await tools.lag(), source: 'bench' },
      at: new Date().toISOString(),
    });
    await gate('Go on?', { facts: async () => [await lag()], ...asked });
    await step('Act', () => tools.act(1));
  });
}

/** Waits at a gate with as many facts as a failover shows, under its name: so the product's own list finds these runs. */
export async function failOverRegion(plan: RegionMove): Promise<RunResult> {
  const { service, from, to } = plan;
  return runbook(plan, { title: `Fail ${service} over from ${from} to ${to}`, leases: [] }, async ({ phase, gate, step }) => {
    phase('Decide');
    const facts = async (): Promise<Fact[]> => {
      const seen = await probes.vantage({ service, region: from });
      return [1, 2, 3, 4].flatMap((round) =>
        seen.map(({ name, healthy }) => ({
          ...{ id: `seen-from/${name}/${round}`, name: `${from} seen from ${name}, reading ${round}`, kind: 'yesNo' as const },
          ...{ value: healthy, source: name, at: new Date().toISOString() },
        })),
      );
    };
    await gate(`Fail ${service} over to ${to}?`, { facts, ...asked });
    phase('Act');
    await step(`Look at ${to}`, () => probes.vantage({ service, region: to }));
  });
}
