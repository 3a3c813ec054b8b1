import assert from 'node:assert/strict';
import { catalogue, InputProblem } from '../src/catalogue.ts';
import { loadEnvironment, type Environment } from '../src/config/environment.ts';
import type { RunRequest } from '../src/workflows/messages.ts';
import type { RegionMove } from '../src/workflows/plans/plan.ts';

const run: RunRequest = { environment: 'range', mode: 'live', requestedBy: 'sam', reason: 'a test', people: [] };

describe('the catalogue', () => {
  let environment: Environment;
  before(async () => {
    environment = await loadEnvironment('environments/range.yaml');
  });
  const resolve = (name: string, input: unknown) =>
    catalogue.find((entry) => entry.name === name)!.resolve(environment, input, run) as RegionMove;

  it('has an example for every runbook that can be started as it stands', () => {
    for (const { name, example } of catalogue) assert.deepEqual(resolve(name, example).run, run);
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
