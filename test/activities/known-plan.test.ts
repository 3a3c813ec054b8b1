import assert from 'node:assert/strict';
import { trustActivities } from '../../src/activities/records/index.ts';
import { catalogue } from '../../src/catalogue.ts';
import { loadEnvironment, type Environment } from '../../src/config/environment.ts';
import { theCalendar } from '../../src/config/people.ts';
import type { RunRequest } from '../../src/workflows/messages.ts';

describe('a worker that gets a plan', () => {
  let environment: Environment;
  let run: RunRequest;
  before(async () => {
    environment = await loadEnvironment('environments/range.yaml');
    const people = environment.people.map(({ subject, name, roles, duties }) => ({ subject, name, roles, duties }));
    run = { environment: 'range', mode: 'live', requestedBy: 'sam', reason: 'a test', people };
  });
  const planOf = (name: string, input: unknown, where = environment) =>
    catalogue.find((entry) => entry.name === name)!.resolve(where, input, run);
  const failOver = () => planOf('fail-over-region', { service: 'shop', from: 'east', to: 'west' });
  const strange = async (plan: object, workflow = 'failOverRegion', child = false, where = environment) =>
    (await trustActivities(where).knowPlan({ plan: plan as { run: RunRequest }, workflow, child })).strange;

  it('knows what Muster itself makes of every runbook, with those that it hands over to', async () => {
    let seen = 0;
    for (const { name, workflow, example, platforms } of catalogue) {
      if (platforms !== undefined && !platforms.includes('autoscaling')) continue;
      const plan = (() => {
        try {
          return planOf(name, example);
        } catch {
          return undefined;
        }
      })();
      if (!plan) continue;
      seen += 1;
      assert.deepEqual(await strange(plan, workflow), [], name);
    }
    assert.ok(seen > 10, `${seen}`);
    const relieved = structuredClone(environment);
    relieved.services['shop']!.care = {
      ...relieved.services['shop']!.care!,
      withoutApproval: ['restart'],
      relief: { for: 60_000, rateLimit: 5 },
    };
    const own = planOf('service-down', { service: 'shop', region: 'east' }, relieved);
    assert.deepEqual(await strange(own, 'serviceDown', false, relieved), []);
    assert.deepEqual(await strange(own), ['nobody is asked about restart']);
  });

  it('names everybody whom its environment does not know, and everything that they may not', async () => {
    const [sam, ana] = run.people as [RunRequest['people'][number], RunRequest['people'][number]];
    const zoe = { ...ana, subject: 'zoe' };
    const said = await strange({
      ...failOver(),
      run: { ...run, requestedBy: 'max', people: [zoe, { ...sam, roles: ['approver'], duties: ['data-owner'] }] },
    });
    assert.deepEqual(said, [
      'max, who asks for it, is not known in range',
      'zoe is not known in range',
      'sam is no approver in range',
      'sam has not the duty data-owner in range',
    ]);
    assert.deepEqual(await strange({ ...failOver(), run: { ...run, requestedBy: 'vic' } }), ['vic may not ask for it: a viewer in range']);
    assert.deepEqual(await strange({ ...failOver(), run: { ...run, environment: 'prod' } }), ['it belongs to prod, not to range']);
  });

  it('knows no gate that asks fewer or others than its environment, also of a run that would be started later', async () => {
    const plan = failOver() as unknown as { approval: object };
    const weaker = { ...plan, approval: { ...plan.approval, quorum: 1, escalateTo: ['on-call'] } };
    const said = [
      'its gates ask 1 of incident-commander, where range asks 2 of incident-commander',
      'its gates ask on-call too, range does not',
    ];
    assert.deepEqual(await strange(weaker), said);
    assert.deepEqual(await strange({ run, successors: [{ workflow: 'failOverRegion', plan: weaker }] }), said);
    assert.deepEqual(await strange({ ...plan, approval: { ...plan.approval, stronger: { duty: 'on-call', quorum: 2 } } }), [
      'its gates ask 2 of on-call, where range asks 2 of data-owner',
    ]);
    const owned = planOf('mitigate', { service: 'shop', kind: 'read-only', for: '1h', owner: 'ana' });
    assert.deepEqual(await strange({ ...plan, owner: 'sam', approval: { ...plan.approval, duty: 'on-call' } }), [
      'its gates ask 2 of on-call, where range asks 2 of incident-commander',
    ]);
    assert.deepEqual(await strange(owned, 'mitigate'), []);
  });

  it('takes what only a run can say of the run that started it: its leases, and the calendar behind an exercise', async () => {
    const shared = { ...failOver(), run: { ...run, leases: 'shared' } };
    assert.deepEqual(await strange(shared), ['it says that another run holds what it changes, and none has started it']);
    assert.deepEqual(await strange(shared, 'failOverRegion', true), []);
    const drill = { ...failOver(), run: { ...run, drill: 'x', tape: { speed: 1, people: 'recorded' } } };
    assert.deepEqual(await strange(drill), ['it calls itself an exercise, and none has started it', 'it says that it plays a tape']);
    const planned = { ...failOver(), run: { ...run, requestedBy: theCalendar } };
    assert.deepEqual(await strange(planned), [`${theCalendar}, who asks for it, is not known in range`]);
    assert.deepEqual(await strange(planned, 'failOverRegion', true), []);
  });
});
