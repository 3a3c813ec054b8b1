import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { catalogue } from '../../src/catalogue.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import type { Environment } from '../../src/config/schema.ts';
import type { RunRequest } from '../../src/workflows/messages.ts';
import type { RollBack } from '../../src/workflows/plans/rollback-plan.ts';

const names = ['iot-anomaly', 'ml-platform', 'observer-coordinator', 'pynomaly-aws', 'pynomaly-kubernetes'];
const environmentOf = (name: string) => loadEnvironment(`environments/${name}.yaml`);

const rulesOf = ({ incidents }: Environment) => incidents?.alerts.rules ?? [];

const requestOf = ({ name, people }: Environment): RunRequest => ({
  ...{ environment: name, mode: 'simulate', requestedBy: people[0]!.subject, reason: 'its alert suggests it' },
  people: people.map(({ subject, name: called, roles, duties }) => ({ subject, name: called, roles, duties })),
});

/** Why a run that a rule suggests could not be started with the file as it is, or could not find what it needs. */
function problemOf(environment: Environment, { suggests }: ReturnType<typeof rulesOf>[number]): string | undefined {
  if (!suggests) return undefined;
  try {
    const plan = catalogue.find(({ name }) => name === suggests.runbook)!.resolve(environment, suggests.input, requestOf(environment));
    if (suggests.runbook !== 'roll-back-deployment') return undefined;
    const { onset, withoutCause, reads } = plan as RollBack;
    return onset !== null || withoutCause || reads.outage ? undefined : 'nothing tells when the trouble began';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the environment files of the five systems', () => {
  it('are all that there are, beside the practice range', async () => {
    const files = (await readdir('environments')).filter((file) => file.endsWith('.yaml'));
    assert.deepEqual(files.sort(), [...names, 'range'].map((name) => `${name}.yaml`).sort());
  });

  for (const name of names) {
    it(`${name}: every runbook that an alert suggests can be started with the file as it is`, async () => {
      const environment = await environmentOf(name);
      const problems = rulesOf(environment).flatMap((rule) => {
        const problem = problemOf(environment, rule);
        return problem === undefined ? [] : [`${rule.name}: ${problem}`];
      });
      assert.deepEqual(problems, []);
    });

    it(`${name}: an alert that says that the system is down suggests the look of a service that is down`, async () => {
      const environment = await environmentOf(name);
      const down = rulesOf(environment).filter((rule) => /^(system-down|application-down|service-unavailable)$/.test(rule.name));
      assert.deepEqual(
        down.map(({ suggests }) => suggests?.runbook),
        ['service-down'],
      );
    });

    it(`${name}: nothing is restored, and no release goes back, before somebody has looked`, async () => {
      const rules = rulesOf(await environmentOf(name));
      const first = rules.map(({ suggests }) => suggests?.runbook);
      assert.deepEqual(
        first.filter((runbook) => runbook === 'roll-back-deployment' || runbook === 'restore-from-backup'),
        [],
      );
    });
  }

  it('a suggestion that cannot be started is found: its service, its region, and when the trouble began', async () => {
    const environment = await environmentOf('pynomaly-kubernetes');
    const [rule] = rulesOf(environment);
    const suggesting = (runbook: string, input: Record<string, unknown>) =>
      problemOf(environment, { ...rule!, suggests: { ...rule!.suggests!, runbook, input } });
    assert.match(suggesting('service-down', { service: 'pynomali' })!, /"pynomali" is no service/);
    assert.match(suggesting('disk-full', { service: 'pynomaly', region: 'elsewhere' })!, /"elsewhere" is no region/);
    assert.match(suggesting('data-pipeline-stalled', { service: 'pynomaly' })!, /does not describe the pipeline/);
    assert.match(suggesting('roll-back-deployment', { service: 'pynomaly', region: 'prod' })!, /when the trouble began/);
  });

  it('say what their pages say of growth, of the watch afterwards, and of whom to tell and call', async () => {
    const [iot, ml, observer, , kubernetes] = await Promise.all(names.map(environmentOf));
    const minutes = 60_000;
    assert.equal(kubernetes!.services['pynomaly']!.care?.mostInstances, 5);
    assert.equal(observer!.services['insights']!.care?.watchFor, 30 * minutes);
    const { policy } = kubernetes!.incidents!;
    assert.deepEqual([policy.remindActionsEveryMs, policy.remindReviewsEveryMs], [7 * 24 * 60 * minutes, 24 * 60 * minutes]);
    for (const contact of ['cloud-provider', 'database-vendor', 'monitoring-vendor']) assert.ok(iot!.incidents!.policy.contacts[contact]);
    const { contacts, severities } = ml!.incidents!.policy;
    assert.deepEqual(contacts['slack-support']!.reach, [{ by: 'email', to: 'support@slack.com' }]);
    for (const severity of severities.slice(0, 3)) {
      assert.deepEqual(severity.tellOfCustomers, ['product-manager', 'support'], severity.name);
      assert.deepEqual(
        severity.tell.filter((contact) => severity.tellOfCustomers?.includes(contact)),
        [],
        severity.name,
      );
      assert.ok(severity.updates.customers, `${severity.name} promises customers something`);
    }
  });
});
