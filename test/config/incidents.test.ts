import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { catalogue } from '../../src/catalogue.ts';
import { loadEnvironment, parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { filled } from '../../src/incidents/match-alert.ts';
import type { Severity } from '../../src/workflows/incident/policy.ts';
import { runbookNames } from '../../src/workflows/runbook-names.ts';

const names = ['pynomaly-kubernetes', 'iot-anomaly', 'pynomaly-aws', 'observer-coordinator', 'ml-platform'] as const;
type Name = (typeof names)[number];
const loaded = Object.fromEntries(
  await Promise.all([...names, 'range'].map(async (name) => [name, await loadEnvironment(`environments/${name}.yaml`)])),
) as Record<Name | 'range', Environment>;
const incidentsOf = (name: Name | 'range') => loaded[name].incidents!;
const policyOf = (name: Name | 'range') => incidentsOf(name).policy;
const severity = (name: Name, wanted: string): Severity => policyOf(name).severities.find((each) => each.name === wanted)!;

const minute = 60_000;
const inWords = (span: Severity['respondWithin'] | null): string =>
  span === null ? '-' : 'ms' in span ? `${span.ms / minute}m` : `${span.businessDays}bd`;
const times = (name: Name) =>
  policyOf(name).severities.map((each) => `${each.name} ${inWords(each.respondWithin)} ${inWords(each.resolveWithin)}`);
const ladder = (rungs: Severity['unacknowledged']) => rungs.map(({ afterMs, to }) => `${afterMs / minute}m ${to.join(' ')}`);
const cadence = (name: Name, wanted: string) => {
  const { internal, customers } = severity(name, wanted).updates;
  return [internal, customers].map((promise) => (promise === null ? null : promise.everyMs / minute));
};
const problemsIn = (text: string): string[] => {
  try {
    parseEnvironment(text, 'mine.yaml');
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};
const range = readFileSync('environments/range.yaml', 'utf8');

describe('incidents in an environment', () => {
  it('keep the response and resolution times of all five runbooks', () => {
    assert.deepEqual(Object.fromEntries(names.map((name) => [name, times(name)])), {
      'pynomaly-kubernetes': ['P0 15m 120m', 'P1 30m 240m', 'P2 120m 1440m', 'P3 1bd 10080m'],
      'iot-anomaly': ['P0 15m -', 'P1 60m -', 'P2 240m -', 'P3 1bd -'],
      'pynomaly-aws': ['P0 5m -'],
      'observer-coordinator': ['P1 15m -', 'P2 60m -', 'P3 240m 1bd'],
      'ml-platform': ['P0 15m -', 'P1 30m -', 'P2 120m -', 'P3 1440m -'],
    });
  });

  it('climb the ladder of each runbook', () => {
    const aws = severity('pynomaly-aws', 'P0');
    assert.deepEqual(ladder(aws.unacknowledged), ['15m engineering-lead', '30m vp-engineering', '45m cto', '60m cto executives']);
    assert.equal(aws.unacknowledged.at(-1)!.because, 'executive communication is required');
    assert.equal(ladder(severity('iot-anomaly', 'P0').unmitigated)[0], '30m technical-lead');
    assert.equal(ladder(severity('iot-anomaly', 'P1').unmitigated)[0], '120m technical-lead');
    assert.deepEqual(ladder(severity('pynomaly-kubernetes', 'P0').unacknowledged), ['15m platform', '30m engineering-manager', '45m cto']);
  });

  it('owe updates as often as each runbook says', () => {
    assert.deepEqual(
      ['P0', 'P1', 'P2', 'P3'].map((each) => cadence('ml-platform', each)),
      [
        [15, 15],
        [30, 15],
        [60, 60],
        [null, null],
      ],
    );
    assert.deepEqual(
      [cadence('iot-anomaly', 'P0'), cadence('iot-anomaly', 'P1')],
      [
        [30, 30],
        [60, 60],
      ],
    );
  });

  it('sends the hourly update of a P2 as drafted, so that business hours and cadence agree', () => {
    const { internal, customers } = severity('ml-platform', 'P2').updates;
    assert.deepEqual(
      [internal, customers].map((one) => [one?.everyMs, one?.sentBy]),
      [
        [60 * minute, 'policy'],
        [60 * minute, 'policy'],
      ],
    );
  });

  it('declares an outage after 5 minutes and slowness after 10, and takes exactly half as P1', () => {
    const { rules } = incidentsOf('ml-platform').alerts;
    const after = (rule: string) => rules.find(({ name }) => name === rule)!.declareAfter;
    assert.deepEqual(['service-unavailable', 'error-rate', 'slow'].map(after), [5 * minute, 5 * minute, 10 * minute]);
    const { severity: wanted } = rules.find(({ name }) => name === 'slow')!;
    assert.deepEqual(wanted, { label: 'degradation', map: { 'half-or-more': 'P1', 'less-than-half': 'P2' }, otherwise: 'P1' });
  });

  it('answers within 5 minutes on AWS, and climbs from 15 minutes on', () => {
    const { respondWithin, unacknowledged } = severity('pynomaly-aws', 'P0');
    assert.deepEqual([inWords(respondWithin), unacknowledged[0]!.afterMs], ['5m', 15 * minute]);
  });

  it('tells executives after an hour even when somebody has acknowledged', () => {
    assert.deepEqual(ladder(severity('pynomaly-aws', 'P0').unmitigated), ['60m cto executives']);
  });

  it('gives a P0 on Kubernetes 15 minutes, and asks for a commander every 5', () => {
    const { respondWithin, unacknowledged } = severity('pynomaly-kubernetes', 'P0');
    assert.deepEqual([inWords(respondWithin), unacknowledged[0]!.afterMs], ['15m', 15 * minute]);
    assert.equal(policyOf('pynomaly-kubernetes').roles.find(({ name }) => name === 'commander')!.nagEveryMs, 5 * minute);
  });

  it('gives a P1 of the observer 15 minutes', () => {
    assert.equal(inWords(severity('observer-coordinator', 'P1').respondWithin), '15m');
  });

  it('answers a P3 of the observer within 4 hours and gives it a business day', () => {
    const { respondWithin, resolveWithin } = severity('observer-coordinator', 'P3');
    assert.deepEqual([inWords(respondWithin), inWords(resolveWithin)], ['240m', '1bd']);
  });

  it('owes updates of P1 and P2 of the observer every 30 minutes, and none of P3', () => {
    assert.deepEqual(
      ['P1', 'P2', 'P3'].map((each) => cadence('observer-coordinator', each)),
      [
        [30, 30],
        [30, 30],
        [null, null],
      ],
    );
    assert.doesNotMatch(policyOf('observer-coordinator').templates.internalUpdate.text, /30 minutes/);
  });

  it('has two ladders for a P0 of the compose system', () => {
    const { tell, unacknowledged, unmitigated } = severity('iot-anomaly', 'P0');
    assert.deepEqual(policyOf('iot-anomaly').contacts[tell[0]!]!.reach, [{ by: 'pagerduty' }]);
    assert.deepEqual([unacknowledged[0]!.to, unmitigated[0]!.to], [['secondary'], ['technical-lead']]);
  });

  it('gives a P1 of the compose system an hour', () => {
    assert.equal(inWords(severity('iot-anomaly', 'P1').respondWithin), '60m');
  });

  it('watches for stability for 30 minutes everywhere', () => {
    for (const name of names) assert.equal(policyOf(name).stability.forMs, 30 * minute, name);
  });

  it('owes customers of a P1 an update within 15 minutes', () => {
    assert.equal(severity('ml-platform', 'P1').updates.customers?.everyMs, 15 * minute);
  });

  it('write the texts of the runbooks word for word', () => {
    const { report, internalUpdate } = policyOf('pynomaly-kubernetes').templates;
    assert.match(report.text, /^# \{drill\}Incident Report: \{title\}\n\n## Summary\n- \*\*Incident ID\*\*: \{number\}\n/);
    assert.match(internalUpdate.text, /\n\*\*Status\*\*: \{STATUS\}\n\*\*Severity\*\*: \{severity\}\n/);
    assert.match(policyOf('iot-anomaly').templates.declared.text, /^\{drill\}🚨 INCIDENT ALERT - \{severity\}\n\nSummary: /);
    assert.match(policyOf('ml-platform').templates.customerResolved.text, /All systems are now operating normally\./);
  });

  it('say of every message that it is a drill when it is one', () => {
    for (const name of [...names, 'range'] as const) {
      for (const [of, { subject, text }] of Object.entries(policyOf(name).templates)) {
        assert.match(text, of === 'report' ? /\{drill\}/ : /^\{drill\}/, `${name}: ${of}`);
        assert.match(subject ?? '{drill}', /^\{drill\}/, `${name}: ${of}`);
      }
    }
  });

  it('close only what was reviewed, and review within a day and a week', () => {
    for (const name of names) {
      const { reviews, closing } = policyOf(name);
      assert.ok(
        reviews.some(({ within }) => inWords(within) === `${7 * 24 * 60}m`),
        name,
      );
      assert.ok(closing.length >= 5 && closing.some(({ by }) => by === 'actions') && closing.some(({ by }) => by === 'root-cause'), name);
    }
    assert.equal(policyOf('pynomaly-aws').closing.length, 8);
  });

  it('hold the drills of the calendar, the fourth Friday for everything', () => {
    assert.deepEqual(
      incidentsOf('ml-platform').drills.map(({ on: { week, day }, runbook }) => [week, day, runbook]),
      [
        ['first', 'friday', 'promote-read-replica'],
        ['second', 'friday', 'roll-back-deployment'],
        ['third', 'friday', 'fail-over-region'],
        ['fourth', 'friday', 'recover-everything'],
      ],
    );
    for (const name of names) assert.ok(incidentsOf(name).drills.length > 0, name);
  });

  it('suggest only runbooks that can be started there as they stand', () => {
    const alert = { labels: { region: 'east', standby: 'west' }, annotations: {} };
    const run = { environment: 'x', mode: 'live', requestedBy: 'sam', reason: 'alert', people: [] } as const;
    for (const name of [...names, 'range'] as const) {
      for (const { name: rule, suggests } of incidentsOf(name).alerts.rules) {
        if (!suggests) continue;
        const entry = catalogue.find((each) => each.name === suggests.runbook)!;
        assert.doesNotThrow(() => entry.resolve(loaded[name], filled(suggests.input, alert), { ...run, people: [] }), `${name}: ${rule}`);
      }
    }
  });

  it('know every runbook of the catalogue by its name', () => {
    assert.deepEqual([...runbookNames].sort(), catalogue.map(({ name }) => name).sort());
  });

  it('tell ten mistakes at once, each with file, line and column', () => {
    const text = readFileSync('test/config/support/ten-mistakes.yaml', 'utf8');
    const place = (piece: string, within = piece) => {
      const before = text.slice(0, text.indexOf(piece) + piece.indexOf(within)).split('\n');
      return `mine.yaml:${before.length}:${before.at(-1)!.length + 1}`;
    };
    assert.deepEqual(problemsIn(text), [
      `${place('rpo: soon')} /failover/targets/rpo use a duration such as 500ms, 15s, 2m, 1h`,
      `${place('after: 15m')} /incidents/severities/0/unacknowledged/1/after must be later than the rung before: a ladder only rises`,
      `${place('[boss]', 'boss')} /incidents/severities/0/updates/internal/lateTo/0 names the contact boss, which is not in this file`,
      `${place('{ by: email')} /incidents/contacts/lead/reach/1 is reached by email, and notify.email is not in this file`,
      `${place('night-watch: {')} /incidents/contacts/night-watch is told of incidents, and Muster has no way to reach it: a phone is only shown`,
      `${place('{ name: commander')} /incidents/roles/0 names no contact who is told while nobody has the role (to)`,
      `${place('[P9]', 'P9')} /incidents/channels/ownChannelFor/0 names the severity P9, which is not in this file`,
      `${place("text: '{severity} {titel}'")} /incidents/templates/declared/text names the field {titel}, which there is not; fields are: ${fields()}`,
      `${place('database: orders')} /incidents/verification/0/look/database names the database orders, which is not in this file`,
      `${place('runbook: turn')} /incidents/alerts/rules/0/suggests/runbook turn-it-off-and-on is no runbook of Muster`,
    ]);
  });

  it('refuse promises that nothing can keep', () => {
    const problems = problemsIn(range.replace(/ {2}statuspage: .*\n/, '').replace(/ {2}ticket: .*\n/, ''));
    assert.match(problems.join('\n'), /\/incidents\/severities\/0\/updates\/customers needs notify\.statuspage, which is not in this file/);
    assert.match(problems.join('\n'), /\/incidents\/channels\/ticketFor needs notify\.ticket, which is not in this file/);
  });

  it('refuse names that are there twice, and rules and closing lines that lead nowhere', () => {
    const problems = problemsIn(
      range
        .replace('- name: P1\n', '- name: P0\n')
        .replace("by: 'review:first-look'", "by: 'review:second-look'")
        .replace('map: { critical: P1,', 'map: { critical: P7,')
        .replace('recovers: shop }', 'recovers: shed }')
        .replace(/match: \{ alertname: ShopRegionLost \}\n( +)service: shop\n/, 'match: { alertname: ShopRegionLost }\n$1service: shed\n'),
    ).join('\n');
    assert.match(problems, /\/severities\/1\/name is the second one called P0/);
    assert.match(problems, /\/closing\/5\/by names the review second-look/);
    assert.match(problems, /\/alerts\/rules\/\d\/severity\/map\/critical names the severity P7/);
    assert.match(problems, /\/services\/shop\/recovers names the service shed/);
    assert.match(problems, /\/alerts\/rules\/0\/service names the service shed/);
  });

  it('may be left out of the file', () => {
    const without = range.replace(/^incidents:\n( .*\n|\n)*/m, '');
    assert.equal(parseEnvironment(without, 'mine.yaml').incidents, undefined);
  });
});

function fields(): string {
  return (
    'number, title, severity, severityTitle, service, status, STATUS, impact, eta, started, detected, declared, resolved, duration, now, ' +
    'nextUpdate, commander, progress, nextSteps, actions, cause, resolution, lessons, users, data, runs, contact, bridge, channel, rung, ' +
    'waiting, summary, timeline, actionItems, closing, metrics, drill'
  );
}
