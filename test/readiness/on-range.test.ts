import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '../../src/config/environment.ts';
import { runbookCode } from '../../src/config/runbook-code.ts';
import { createReadiness } from '../../src/readiness/readiness.ts';
import { searchAttributes } from '../../src/workflows/search-attributes.ts';
import type { PlanReadiness, ReadinessView } from '../../src/workflows/readiness/view.ts';
import { muster } from '../cli/support/muster.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { defectsOf, type Announce, type Defect } from './defects.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const plans = `
readiness:
  confirmAfter: 1s
  plans:
    - { runbook: fail-over-region, input: { service: shop, from: east, to: west } }
    - { runbook: fail-over-region, input: { service: shop, from: west, to: east } }
    - { runbook: fail-over-region, input: { service: shop, from: east, to: west, dns: shop-arc } }
    - { runbook: restore-from-snapshot, input: { service: shop, from: east, to: west } }
    - { runbook: restore-database-to-point-in-time, input: { service: shop, region: east } }
    - { runbook: roll-back-deployment, input: { service: shop, region: east } }
`;
const folder = mkdtempSync(join(tmpdir(), 'muster-readiness-'));
const file = join(folder, 'range.yaml');
const text = `${readFileSync('environments/range.yaml', 'utf8')}${plans}`;
writeFileSync(file, text);

describe('the readiness of the practice range', function () {
  this.timeout(120_000);
  const estate = practiceEstate({ rangeEnvironment: file });
  after(() => rmSync(folder, { recursive: true, force: true }));
  let changes = 0;

  const call = async (path: string, how: RequestInit = {}) => {
    const headers = { Authorization: `Bearer ${estate.stack.tokens['sam']}`, 'Content-Type': 'application/json' };
    const response = await fetch(new URL(path, estate.stack.addresses.api), { headers, ...how });
    return { status: response.status, text: await response.text() };
  };
  const view = async () => JSON.parse((await call('/api/readiness')).text) as ReadinessView;
  const lookNow = async (): Promise<ReadinessView> => {
    const before = await view();
    const { status } = await call('/api/readiness/evaluate', { method: 'POST', body: '{}' });
    assert.equal(status, 202);
    const wanted = before.evaluation + (before.looking && before.evaluation > 0 ? 2 : 1);
    return eventually('a new look', view, ({ evaluation }) => evaluation >= wanted, 30_000, 100);
  };
  const planOf = ({ plans: all }: ReadinessView, name: string): PlanReadiness => all.find((plan) => plan.name === name)!;
  const seen = (what: string, name: string, holds: (plan: PlanReadiness) => boolean) =>
    eventually(what, async () => planOf(await lookNow(), name), holds, 40_000, 100);
  const announce: Announce = async (change = () => undefined) => {
    const environment = parseEnvironment(text, file);
    change(environment);
    await createReadiness({ client: estate.client, environment }).announce();
  };

  it('is good while nothing is wrong, and nothing is changed by looking', async () => {
    assert.equal((await view()).evaluation, 0, 'a stack that is thrown away is looked at only when somebody asks');
    const { plans: all, because } = await eventually('all plans ready', lookNow, isReady, 30_000, 100);
    assert.equal(because, 'sam asked for it');
    assert.match(planOf({ plans: all } as ReadinessView, 'fail-over-region shop west east').notNow!, /orders in west takes no writes/);
    assert.equal(await estate.changes(), 0);
  });

  const defects = defectsOf(estate, announce, (count) => (changes += count));
  for (const defect of defects) {
    it(`turns red for ${defect.name}, names it, and turns green again`, async () => {
      await defect.bring();
      const red = await seen(`a finding of ${defect.check}`, defect.plan, (plan) => findingOf(plan, defect) !== undefined);
      assert.equal(red.state, 'notReady');
      assert.ok(red.score!.points < 50, `${red.score!.points} points`);
      await defect.mend();
      const green = await seen('it to be ready again', defect.plan, ({ state }) => state === 'ready');
      assert.ok(green.findings.some(({ check, state }) => check === defect.check && state === 'ok'));
    });
  }

  it('is what the preflight of a run says, and is told once', async () => {
    const { bring, mend, plan } = defects.find(({ name }) => name.startsWith('too low a maximum'))!;
    await eventually('nothing left to be told', view, ({ plans: all, alerts }) => isReady({ plans: all }) && isQuiet(alerts), 30_000, 100);
    const alertsOf = async () => (await view()).alerts.filter((one) => one.plan === plan).map(({ state, by }) => [state, ...by]);
    const posts = async () => (await estate.range.messages()).filter(({ to }) => to === 'slack').map(({ body }) => JSON.stringify(body));
    const before = { alerts: (await alertsOf()).length, posts: (await posts()).length };
    await bring();
    await seen('it to be red', plan, ({ state }) => state === 'notReady');
    await eventually('an alert', alertsOf, ({ length }) => length > before.alerts, 20_000, 100);
    await lookNow();
    await lookNow();
    const runId = await estate.failOver();
    const paused = await estate.seen(runId, 'a failed preflight', ({ state }) => state === 'pausedByFailedStep');
    assert.match(paused.status, /Auto Scaling maximum in west: needed 3, have 2/);
    const said = await muster(['readiness', '--direct', '--as', 'sam', '--now'], estate.stack.variables);
    assert.equal(said.code, 1, said.stderr);
    assert.match(
      said.stdout,
      /NOT READY +fail-over-region shop east west[^]*Auto Scaling maximum in west: needed 3, have 2 \(failed since/,
    );
    assert.match(
      (await call('/metrics')).text,
      /muster_readiness_findings\{plan="fail-over-region shop east west",check="capacity",state="failed"\} 1/,
    );
    await estate.signal('ana', runId, 'abort', { how: 'leave', reason: 'a test' });
    await mend();
    await seen('it to be ready again', plan, ({ state }) => state === 'ready');
    await eventually('the all-clear', alertsOf, (alerts) => alerts[0]?.[0] === 'ready', 20_000, 100);
    const both = ['slack', 'pagerduty'];
    const told = (await alertsOf()).slice(0, -before.alerts || undefined);
    assert.deepEqual(told, [
      ['ready', ...both],
      ['notReady', ...both],
    ]);
    const redPosts = (await posts())
      .slice(before.posts)
      .filter((body) => body.includes(`\\"${plan}\\" is NOT READY. Auto Scaling maximum in west`));
    assert.equal(redPosts.length, 1, 'unchanged, it is told no more');
  });

  it('knows when a runbook was last done in earnest, and whether it was edited since', async () => {
    const rollBack = 'roll-back-deployment';
    const ended = async (workflowId: string, mode: string, code: string | null) => {
      const attributes = { runbook: rollBack, environment: 'range', mode, state: 'completed' };
      const handle = await estate.client.workflow.start('leases', {
        ...{ workflowId, taskQueue: 'muster-range', args: [], memo: { code } },
        typedSearchAttributes: Object.entries(attributes).map(([name, value]) => ({
          key: searchAttributes[name as keyof typeof attributes],
          value,
        })),
      });
      await handle.terminate('stands for a run that has ended');
    };
    const parts = async (workflowId: string) => {
      const plan = await seen(`the practice ${workflowId}`, `${rollBack} shop east`, ({ practice }) => practice?.runId === workflowId);
      return [plan.score!.points, ...plan.score!.parts.slice(1).map(({ why }) => why.replace(/[\d.]+ (ms|s)/, '1 s'))];
    };
    await ended('done-before-it-was-edited', 'live', 'other-code');
    assert.deepEqual(await parts('done-before-it-was-edited'), [80, 'last done 1 s ago', 'edited since it was last done']);
    await ended('only-simulated', 'simulate', runbookCode(rollBack));
    await ended('done-as-it-is', 'live', runbookCode(rollBack));
    assert.deepEqual(await parts('done-as-it-is'), [100, 'last done 1 s ago', 'not edited since']);
  });

  it('warns of a lease that is held, and changes nothing in all that time', async () => {
    const asked = { holder: 'a-run-that-is-gone', title: 'A run that is gone', resources: ['traffic/shop'] };
    await estate.client.workflow.getHandle('leases/range').executeUpdate('acquire', { args: [asked] });
    const plan = await seen('a warning', 'fail-over-region shop east west', ({ state }) => state === 'warnings');
    const lease = plan.findings.find(({ check }) => check === 'leases')!;
    assert.match(`${lease.resource} ${lease.have}`, /^traffic\/shop "A run that is gone" .* which has ended/);
    assert.equal(await estate.changes(), changes);
  });
});

const isReady = ({ plans: all }: Pick<ReadinessView, 'plans'>) =>
  all.length > 0 && all.every(({ state }) => state === 'ready' || state === 'notNow');

/** Whatever people were told is not ready they were told is ready again. */
function isQuiet(alerts: ReadinessView['alerts']): boolean {
  const last = new Map([...alerts].reverse().map(({ plan, state }) => [plan, state]));
  return [...last.values()].every((state) => state === 'ready');
}

function findingOf({ findings }: PlanReadiness, { check, resource, needed, have }: Defect) {
  return findings.find(
    (finding) =>
      finding.check === check &&
      (finding.state === 'failed' || finding.state === 'unknown') &&
      resource.test(finding.resource) &&
      needed.test(finding.needed) &&
      have.test(finding.have),
  );
}
