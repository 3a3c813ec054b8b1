import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createActivities } from '../../src/activities/index.ts';
import { catalogue, InputProblem } from '../../src/catalogue.ts';
import { loadEnvironment, parseEnvironment, type Environment } from '../../src/config/environment.ts';

const run = { environment: 'x', mode: 'live' as const, requestedBy: 'primary', reason: 'test', people: [] };
const plan = (environment: Environment, name: string, input: object) =>
  catalogue.find((each) => each.name === name)!.resolve(environment, input, run);
const refusal = (environment: Environment, name: string, input: object): string => {
  try {
    plan(environment, name, input);
  } catch (error) {
    if (error instanceof InputProblem) return error.message;
    throw error;
  }
  return 'planned';
};
const range = readFileSync('environments/range.yaml', 'utf8');
const problemsIn = (text: string): string => {
  try {
    parseEnvironment(text, 'mine.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('an environment without AWS', () => {
  let compose: Environment;
  let cluster: Environment;
  before(async () => {
    compose = await loadEnvironment('environments/iot-anomaly.yaml');
    cluster = await loadEnvironment('environments/pynomaly-kubernetes.yaml');
  });

  it('has all of the tools', () => {
    for (const environment of [compose, cluster]) assert.ok(Object.keys(createActivities(environment)).length > 50);
  });

  it('refuses what needs RDS, Route 53 or somebody who runs the service, and says what is missing', () => {
    assert.match(
      refusal(compose, 'restore-database-to-point-in-time', { service: 'app', region: 'site', at: '2026-01-01T00:00:00Z' }),
      /\/region the database anomaly in site is not of RDS/,
    );
    const unrun = structuredClone(compose);
    delete unrun.services['app']!.regions['site']!.compose;
    assert.match(
      refusal(unrun, 'roll-back-deployment', { service: 'app', region: 'site' }),
      /\/region the environment does not say what runs IoT Anomaly Detection in site/,
    );
    assert.match(
      refusal(cluster, 'fail-over-region', { service: 'pynomaly', from: 'prod', to: 'elsewhere' }),
      /\/to "elsewhere" is no region of pynomaly/,
    );
    assert.match(refusal(cluster, 'fail-over-database-cluster', { cluster: 'main', to: 'prod' }), /\/cluster "main" is no cluster/);
    assert.match(refusal(compose, 'promote-read-replica', { service: 'app', from: 'site', to: 'site' }), /is not of RDS/);
  });

  it('plans what it can do: a restore from a backup, a rollback of a Deployment or of a service in docker compose', () => {
    assert.equal(refusal(compose, 'roll-back-deployment', { service: 'app', region: 'site' }), 'planned');
    assert.equal(refusal(compose, 'restore-from-backup', { service: 'app', region: 'site', action: 'restore' }), 'planned');
    assert.equal(refusal(cluster, 'roll-back-deployment', { service: 'pynomaly', region: 'prod' }), 'planned');
  });

  it('is refused when something in it is of AWS all the same', () => {
    const without = range.replace(/^aws:\n( .*\n)*/m, '');
    assert.match(problemsIn(without), /\/services\/shop\/regions\/east\/autoScalingGroup is of AWS, and this file has no aws/);
    assert.match(problemsIn(without), /\/dns\/shop is of AWS, and this file has no aws/);
    const nowhere = range.replace(/^( {2}west:) \{ aws: .*\}$/m, '$1 {}');
    assert.match(problemsIn(nowhere), /\/databases\/orders\/regions\/west\/instance is of AWS, and the region west has no aws/);
  });
});
