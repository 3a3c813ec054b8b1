import assert from 'node:assert/strict';
import { catalogue, InputProblem } from '../src/catalogue.ts';
import { loadEnvironment, type Environment } from '../src/config/environment.ts';
import * as abouts from '../src/workflows/abouts.ts';
import type { RunRequest } from '../src/workflows/messages.ts';
import type { RegionMove } from '../src/workflows/plans/plan.ts';
import type { Scenario } from '../src/workflows/plans/scenario-plan.ts';

const run: RunRequest = { environment: 'range', mode: 'live', requestedBy: 'sam', reason: 'a test', people: [] };

const places = {
  kubernetes: { kubernetes: { context: 'east', namespace: 'shop', deployment: 'shop' } },
  compose: { compose: { project: 'shop', files: ['/shop.yml'], service: 'shop' } },
  systemd: {
    host: {
      ...{ address: 'east-1', port: 22, user: 'muster', identity: '/key', knownHosts: '/known', unit: 'shop.service' },
      ...{ logs: [], disks: ['/'], playbooks: {} },
    },
  },
  autoscaling: {},
};

describe('the catalogue', () => {
  let environment: Environment;
  before(async () => {
    environment = await loadEnvironment('environments/range.yaml');
  });
  const resolve = (name: string, input: unknown) =>
    catalogue.find((entry) => entry.name === name)!.resolve(environment, input, run) as RegionMove;

  it('has an example for every runbook that can be started as it stands', () => {
    for (const { name, example, platforms } of catalogue) {
      const planned = (whole: Environment) => catalogue.find((entry) => entry.name === name)!.resolve(whole, example, run) as RegionMove;
      const fits = platforms === undefined || platforms.includes('autoscaling');
      assert.deepEqual(
        planned(withParts(fits ? environment : on(platforms[0] as keyof typeof places))).run,
        name === 'drill' ? { ...run, drill: 'region-failover' } : run,
        name,
      );
    }
  });

  /** The range's shop on something else. */
  const on = (platform: keyof typeof places): Environment => {
    const whole = structuredClone(environment);
    const { autoScalingGroup: _, targetGroup: __, ...rest } = whole.services['shop']!.regions['east']!;
    whole.services['shop']!.regions['east'] = { ...rest, ...places[platform] };
    return whole;
  };
  /** The same with everything that a scenario may need of a service. */
  const withParts = (whole: Environment): Environment => {
    const made = structuredClone(whole);
    const shop: Record<string, unknown> = made.services['shop']!;
    for (const about of Object.values(abouts)) if ('needs' in about) shop[about.needs] ??= {};
    return made;
  };

  it('refuses a scenario on what the environment does not say of the service, and leases it otherwise', () => {
    for (const about of Object.values(abouts)) {
      if (!('needs' in about)) continue;
      const asked = { service: 'shop', region: 'east' };
      assert.throws(() => resolve(about.name, asked), new RegExp(`/service the environment does not describe the ${about.needs} of shop`));
      const { leases } = catalogue
        .find(({ name }) => name === about.name)!
        .resolve(withParts(environment), asked, run) as unknown as Scenario;
      assert.ok(leases.includes(`${about.needs}/shop/east`), about.name);
    }
  });

  it('resolves a plan with everything that the run will need from the environment', () => {
    const plan = resolve('fail-over-region', { service: 'shop', from: 'east', to: 'west' });
    assert.deepEqual([plan.database, plan.dns, plan.planned, plan.capacity, plan.maxLagMs], ['orders', 'shop', false, 3, 5_000]);
    assert.equal(resolve('fail-over-region', { service: 'shop', from: 'east', to: 'west', maxLag: '500ms' }).maxLagMs, 500);
    assert.equal(resolve('fail-back-region', { service: 'shop', from: 'west', to: 'east' }).planned, true);
  });

  it('names every field that does not fit', () => {
    assert.throws(
      () => resolve('fail-over-region', { service: 'shop', from: 'north', to: 'north' }),
      (error) => {
        assert.ok(error instanceof InputProblem);
        assert.deepEqual(
          error.fields.map(({ pointer }) => pointer),
          ['/from', '/to', '/to'],
        );
        return true;
      },
    );
  });
});
