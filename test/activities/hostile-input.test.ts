import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActivities } from '../../src/activities/index.ts';
import { kindOf } from '../../src/activities/kit/kinds.ts';
import type { Environment } from '../../src/config/environment.ts';
import { environmentOn } from './cluster.ts';
import { environmentInCompose } from './engine.ts';
import { fieldsOf, hostileTexts, withText } from './hostile.ts';
import { failureOf, inStep } from './in-step.ts';
import { environmentOnHost } from './stand-in-ssh.ts';

const where = { service: 'shop', region: 'east' };
const pinned = { ...where, revision: '6' };
const limits = { memoryBytes: 1024 ** 3, cpu: 1 };
/** What each activity takes that starts a program, as far as it reaches the program; a name of three parts has several such inputs. */
const onKubernetes: Record<string, object> = {
  ...{ readDeployment: where, readRevisions: where, applyManifests: where, rolloutStatus: where, readPods: where, restartPods: where },
  ...{
    readNodes: where,
    readSaturation: where,
    releaseAutoscaler: where,
    readDelivery: where,
    pauseDelivery: where,
    resumeDelivery: where,
  },
  ...{
    scaleDeployment: { ...where, desired: 3 },
    holdAutoscaler: { ...where, replicas: 3 },
    rollBackToRevision: pinned,
    proveRevision: where,
  },
  ...{ podLogs: { ...where, pod: 'shop-1', lines: 10, sinceMs: 1_000 }, deletePod: { ...where, pod: 'shop-1', uid: 'a-1' } },
  ...{ limitPods: { ...where, limits }, cordonNode: { ...where, node: 'node-1' }, uncordonNode: { ...where, node: 'node-1' } },
  ...{ drainNode: { ...where, node: 'node-1', withinMs: 1_000 }, readService: { ...where, name: 'shop' } },
  ...{ isolateService: { ...where, name: 'shop', selector: { app: 'shop' } }, networkPolicies: { ...where, ports: [80] } },
  restoreServiceSelector: { ...where, name: 'shop', former: { app: 'shop' } },
};
const inCompose: Record<string, object> = {
  ...{ readCompose: where, restartCompose: where, stopCompose: where, startCompose: where, isolateCompose: where, rejoinCompose: where },
  ...{ readComposeReleases: where, composeDisk: where, checkCompose: where, proveComposeRelease: where },
  ...{ composeLogs: { ...where, lines: 10, instance: 'site-app-1', since: '2026-11-21T03:00:00Z' } },
  ...{ scaleCompose: { ...where, desired: 2 }, limitCompose: { ...where, limits }, rollBackCompose: where, truncateComposeLog: where },
};
const onHost: Record<string, object> = {
  ...{ readUnit: where, restartUnit: where, startUnit: where, stopUnit: where, readDisks: where, readPorts: where, readPressure: where },
  ...{ readPremises: where, rotateLogs: where, limitUnit: { ...where, limits }, shrinkJournal: { ...where, keepBytes: 10 ** 8 } },
  ...{ unitLogs: { ...where, lines: 10, since: '2026-11-21T03:00:00Z' }, emptyLog: { ...where, path: '/var/log/app/app.log' } },
  ...{ applyPlaybook: { ...where, playbook: 'rotate' }, putBackUnitLimits: { ...where, text: '[Service]' } },
};
/** A name that no program takes for anything else. */
const harmless = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;

/** The value of a label may be empty. */
const isLabel = ([first]: readonly string[]) => first === 'selector' || first === 'former';

describe('hostile input', function () {
  let folder: string;
  const path = process.env['PATH'];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-hostile-'));
    const recorder = `#!/bin/sh\nprintf '%s\\n' "$0 $*" >> '${folder}/started'\nexit 97\n`;
    for (const program of [
      'kubectl',
      'docker',
      'ssh',
      'scp',
      'ansible-playbook',
      'ansible',
      'pg_dump',
      'pg_restore',
      'psql',
      'sh',
      'git',
      'sudo',
    ])
      writeFileSync(join(folder, program), recorder, { mode: 0o755 });
    chmodSync(folder, 0o755);
    // Nothing else can be found.
    process.env['PATH'] = folder;
  });
  after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => writeFileSync(join(folder, 'started'), ''));

  const started = () => readFileSync(join(folder, 'started'), 'utf8');

  it('is more than 200 texts', () => {
    assert.ok(hostileTexts.length >= 200, `${hostileTexts.length}`);
    assert.equal(new Set(hostileTexts).size, hostileTexts.length);
  });

  const estates: Record<string, [() => Environment, Record<string, object>]> = {
    kubectl: [() => environmentOn('/nowhere', { by: 'argocd', context: 'prod', namespace: 'argocd', application: 'shop' }), onKubernetes],
    'docker compose': [() => environmentInCompose(), inCompose],
    'ssh and Ansible': [
      () =>
        environmentOnHost({
          ...{
            address: 'app-1.example.com',
            user: 'muster',
            identity: '/keys/muster',
            knownHosts: '/keys/known_hosts',
            unit: 'app.service',
          },
          ...{ logs: ['/var/log/app/app.log'], disks: ['/'], logrotate: '/etc/logrotate.d/app' },
        }),
      onHost,
    ],
  };
  for (const [tool, [environment, inputs]] of Object.entries(estates)) {
    it(`in any field of what reaches ${tool} is refused by name before any program starts`, async function () {
      this.timeout(120_000);
      const activities = createActivities(environment()) as unknown as Record<string, (input: object) => Promise<unknown>>;
      const wrong = new Map<string, string[]>();
      const wrongAt = (field: string, text: string) => wrong.set(field, [...(wrong.get(field) ?? []), text]);
      for (const [name, input] of Object.entries(inputs)) {
        assert.ok(kindOf(activities[name]) !== undefined, `${name} is no activity any more`);
        for (const field of fieldsOf(input))
          for (const text of hostileTexts) {
            const failed = await failureOf(inStep(activities[name]!, withText(input, field, text), { activityType: name })).catch(
              (error: unknown) => ({ name: 'no failure', message: String(error) }),
            );
            const programs = started();
            if (programs !== '') writeFileSync(join(folder, 'started'), '');
            const proper = harmless.test(text) || (text === '' && isLabel(field));
            if (!proper && (failed.name !== 'InvalidInput' || programs !== ''))
              wrongAt(
                `${name} /${field.join('/')}`,
                `${JSON.stringify(text).slice(0, 60)}: ${failed.name}: ${failed.message.slice(0, 120)} ${programs.slice(0, 200)}`,
              );
          }
      }
      assert.deepEqual(
        [...wrong].map(([field, texts]) => `${field}: ${texts.length} texts, e.g. ${texts[0]}`),
        [],
      );
    });
  }
});
