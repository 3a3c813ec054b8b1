import assert from 'node:assert/strict';
import { incidentPolicyActivities } from '../../src/activities/incident/policy.ts';
import { loadEnvironment, type Environment } from '../../src/config/environment.ts';
import { Failure } from '../../src/workflows/failures.ts';

describe('the policy of incidents', () => {
  const set = {
    ML_PLATFORM_BRIDGE: 'https://bridge.example/1',
    ML_PLATFORM_EMAIL_CTO: 'cto@ml.example',
    ML_PLATFORM_STATUSPAGE_COMPONENT: 'c0ffee',
  };
  let environment: Environment;
  before(async () => {
    environment = await loadEnvironment('environments/ml-platform.yaml');
    Object.assign(process.env, set);
  });
  after(() => {
    for (const name of Object.keys(set)) delete process.env[name];
  });
  const read = () => incidentPolicyActivities(environment).incidentPolicy({});

  it('comes with the addresses that the references lead to, and with the people', async () => {
    const { policy, people } = await read();
    assert.equal(policy.channels.bridge, 'https://bridge.example/1');
    assert.equal(policy.services['inference']!.component, 'c0ffee');
    assert.deepEqual(policy.contacts['cto']!.reach[0], { by: 'email', to: 'cto@ml.example' });
    assert.deepEqual(people[0], { subject: 'sre', name: 'SRE on call', duties: ['incident-commander'] });
  });

  it('comes without an address that is missing: its reference stays, and nothing stops', async () => {
    const { policy } = await read();
    assert.deepEqual(policy.contacts['support']!.reach[0], { by: 'email', to: 'env:ML_PLATFORM_EMAIL_SUPPORT' });
  });

  it('can be kept by Temporal as it is', async () => {
    const { policy } = await read();
    assert.deepEqual(JSON.parse(JSON.stringify(policy)), policy);
  });

  it('is refused for good where the environment has none', async () => {
    const { incidents: _, ...without } = environment;
    await assert.rejects(incidentPolicyActivities(without).incidentPolicy({}), { type: Failure.Permanent });
  });
});
