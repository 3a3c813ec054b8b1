import assert from 'node:assert/strict';
import { loadEnvironment } from '../../src/config/environment.ts';
import { renderers } from '../../src/report/render.ts';
import { buildIncidentReport } from '../../src/report/incident-report.ts';
import { readIncident } from '../../src/report/incident-content.ts';
import type { Incident } from '../../src/workflows/incident/view.ts';
import { at, incidentView, policy } from '../incidents/support/incident-view.ts';

const build = { version: '1.2.3', node: 'v20.0.0' };
const markdown = (incident: Incident) => renderers.md(buildIncidentReport(incident, { build }));
const page = (incident: Incident) => renderers.html(buildIncidentReport(incident, { build }));
const template = (text: string) => ({ ...policy, templates: { ...policy.templates, report: { text } } });
/** A part of the Markdown, by its heading. */
const part = (incident: Incident, heading: string) => markdown(incident).split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;

describe('the report of an incident', () => {
  it('begins with the template of the environment, filled in from the record', () => {
    const text = '# {number}: {title}\n\n{severity} ({severityTitle}), {service}\n\n## Metrics\n{metrics}\n\n## Cause\n{cause}';
    const said = { ...incidentView().said, cause: 'A migration' };
    const milestones = { startedAt: at(0), detectedAt: at(1), declaredAt: at(2), acknowledgedAt: at(15), resolvedAt: at(65) };
    assert.equal(
      markdown(incidentView({ policy: template(text), said, milestones })).split('\n# Record of')[0],
      [
        '# INC-2026-03-14-001: The shop is down\n\nP0 (Critical), The shop\n',
        '## Metrics\n- time to detect: 1 min\n- time to acknowledge: 14 min\n- time to resolve: 1 h 05 min\n',
        '## Cause\nA migration\n',
      ].join('\n'),
    );
  });

  it('lets nothing that people or alerts said format, link or run', () => {
    const evil = '<script>alert(1)</script> [x](javascript:alert(1)) **bold** | `code`\n# Not a heading\n1. not a list\n> no quote';
    const incident = incidentView({
      ...{ policy: template('Impact: {impact}\n\n{timeline}'), title: evil, impact: evil },
      timeline: [{ id: 't1', at: at(2), kind: 'note', text: evil, by: evil }],
    });
    const html = page(incident);
    assert.doesNotMatch(html, /<script|<a href="javascript|<strong>bold|<blockquote|<ol>/);
    assert.match(html, /&lt;script&gt;/);
    assert.equal(html.match(/<h1>/g)!.length, 1, 'only the title is one');
    const md = markdown(incident);
    assert.doesNotMatch(md, /<script/);
    assert.doesNotMatch(md, /^(# Not|1\. not|> no)/m);
  });

  it('says of every promised update whether it was kept, late, or never sent', () => {
    const promises = {
      internal: [
        { dueAt: at(15), sentAt: at(15), by: 'sam' },
        { dueAt: at(30), sentAt: at(33), by: 'sam' },
        { dueAt: at(45) },
        { dueAt: at(600) },
      ],
      customers: [],
    };
    const timeline = [{ id: 't1', at: at(60), kind: 'state' as const, text: 'It is resolved' }];
    const found = part(incidentView({ promises, timeline }), 'Updates that were promised');
    assert.match(found, /To the company: 1 of 3 kept\./);
    assert.deepEqual(
      [...found.matchAll(/\| ([✔✖−] [a-z ]+) \|$/gm)].map(([, verdict]) => verdict),
      ['✔ kept', '✖ late', '✖ never sent', '− not due yet'],
    );
  });

  it('shows what people added to a line of the timeline below that line', () => {
    const timeline = [
      { id: 't1', at: at(1), kind: 'state' as const, text: 'Declared' },
      { id: 't2', at: at(2), kind: 'run' as const, text: 'A run starts' },
      { id: 't3', at: at(9), kind: 'note' as const, text: 'By mistake', by: 'sam', on: 't1' },
    ];
    const rows = part(incidentView({ timeline }), 'Timeline').split('\n').slice(3, 6);
    assert.deepEqual(
      rows.map((row) => row.split(' | ')[2]),
      ['Declared', '↳ By mistake', 'A run starts'],
    );
  });

  it('shows every message, the late ones, and those that no sink has taken', () => {
    const post = { sink: 'slack', act: 'post', channel: 'incident', text: 'It is down' } as const;
    const one = { about: 'declared', dueAt: at(2), tries: 1, post };
    const found = part(
      incidentView({
        messages: [
          { ...one, id: 'm1', state: 'sent', sentAt: at(2) },
          { ...one, id: 'm2', state: 'sent', sentAt: at(62), late: true },
          { ...one, id: 'm3', state: 'givenUp', problem: 'no such channel' },
          {
            ...{ ...one, id: 'm4', state: 'waiting' as const },
            post: { sink: 'statuspage', act: 'publish', status: 'identified', title: 'Orders fail', body: 'We know why.', components: {} },
          },
        ],
      }),
      'Messages',
    );
    assert.match(found, /✔ 2026-03-14 09:02:00 UTC \| It is down/);
    assert.match(found, /✔ late, 2026-03-14 10:02:00 UTC/);
    assert.match(found, /✖ given up \| It is down \| no such channel/);
    assert.match(found, /statuspage: publish \| declared \| − waits \| identified: Orders fail We know why\./);
  });

  it('shows what was left behind, what is to be done, and what could not be collected', () => {
    const incident = incidentView({
      leftovers: [{ kind: 'mitigation', what: 'the rate limit is on', runId: 'mitigate-1', service: 'shop' }],
      reviews: [{ name: 'first', title: 'First review', dueAt: at(1_440) }],
      actions: [{ id: 'a1', text: 'Alarm on the queue', owner: 'ana', dueAt: at(4_000), doneAt: at(3_000) }],
      archive: { bundle: '/archive/bundle', problems: ['logs/shop-east.txt: no answer'] },
    });
    assert.match(part(incident, 'What was left behind'), /\| mitigation \| the rate limit is on \| mitigate-1 \|/);
    const afterwards = part(incident, 'Afterwards');
    assert.match(afterwards, /First review \| 2026-03-15 09:00:00 UTC \| − open/);
    assert.match(afterwards, /Alarm on the queue .* \| ✔ 2026-03-16 11:00:00 UTC \| ana \| action item/);
    assert.match(part(incident, 'Evidence'), /\/archive\/bundle\.[\s\S]*logs\/shop-east\.txt: no answer/);
    assert.match(part(incidentView(), 'What was left behind'), /Nothing: no mitigation is in force/);
  });

  it('of a drill says so first', () => {
    assert.match(markdown(incidentView({ drill: true })), /^# DRILL: Record of INC-/m);
    assert.match(page(incidentView({ drill: true })), /<title>DRILL: INC-/);
  });

  it('is one page that runs nothing, reaches nothing, and is the same for the same record', () => {
    const report = buildIncidentReport(incidentView(), { build });
    const html = renderers.html(report);
    assert.equal(renderers.html(structuredClone(report)), html);
    assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
    assert.doesNotMatch(html, /<script|src=|https?:\/\/(?!bridge)/);
    assert.ok(html.includes(report.head));
  });

  it('can be made for every environment that we bring', async () => {
    for (const name of ['range', 'iot-anomaly', 'ml-platform', 'observer-coordinator', 'pynomaly-aws', 'pynomaly-kubernetes']) {
      const environment = await loadEnvironment(`environments/${name}.yaml`);
      const own = environment.incidents!.policy;
      const incident = incidentView({ policy: own, severity: own.severities[0]!.name, service: Object.keys(own.services)[0]! });
      const report = buildIncidentReport(incident, { build });
      const { words } = readIncident(report);
      assert.equal(words.template, own.templates.report.text, name);
      assert.ok(renderers.md(report).includes('INC-2026-03-14-001'), name);
      assert.match(renderers.html(report), /<div class="words">\s*\S/, name);
    }
  });
});
