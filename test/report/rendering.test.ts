import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { seal } from '../../src/report/chain.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { buildReport } from '../../src/report/report.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { lostOrders, sampleView } from './sample-view.ts';

const build = { version: '0.1.0', node: 'v20.20.2' };
const reportOf = (view: RunView) => buildReport(view, { build });
const renderers = { Markdown: renderMarkdown, HTML: renderHtml };

/** Everything that the run says, with marks so that each piece can be found again. */
function hostile(text: string): RunView {
  const numbers = new Set([
    'at',
    'startedAt',
    'endedAt',
    'openedAt',
    'closesAt',
    'decidedAt',
    'mode',
    'state',
    'kind',
    'tool',
    'decision',
    'verdict',
    'id',
    'step',
  ]);
  const spoil = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return numbers.has(key) ? value : `${text} ${value}`;
    if (Array.isArray(value)) return value.map((item) => spoil(item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, name === 'measures' ? field : spoil(field, name)]));
  };
  return spoil(sampleView()) as RunView;
}

describe('the rendered report', () => {
  for (const [name, render] of Object.entries(renderers)) {
    it(`${name} says everything that an auditor looks for`, () => {
      const view = sampleView();
      const report = reportOf(view);
      const page = render(report).replaceAll('\\', '').replaceAll('&#39;', "'").replaceAll('&quot;', '"');
      const expected = [
        ...[report.head, view.runId, view.reason, 'INC-42', '1 min 59.5 s', '2.38 s', '✖ missed', '✔ kept', 'point of no return'],
        ...lostOrders.map(({ id }) => id),
        ...view.steps.flatMap(({ title, evidence }) => [
          title,
          ...evidence.map(({ call }) => call),
          ...evidence.map(({ outcome }) => outcome),
        ]),
        ...view.gates.flatMap(({ question, digest, facts }) => [question, digest, ...facts.map((fact) => fact.name)]),
        ...view.timeline.map(({ text }) => text),
        ...view.messages.flatMap(({ text, problem }) => [text, problem ?? '']),
        ...[
          'as predicted',
          'not made',
          'not predicted',
          'other arguments',
          'East is gone, I accept 87 orders.',
          'round 2',
          '10 times in a row',
        ],
      ];
      for (const text of expected) assert.ok(page.includes(text), `${name} lacks: ${text}`);
    });

    it(`${name} is the same every time, and made from the entries alone`, () => {
      const report = reportOf(sampleView());
      assert.equal(render(structuredClone(report)), render(report));
      const again = seal(report.entries.filter(({ kind }) => kind !== 'message'));
      assert.ok(!render(again).includes('ECONNREFUSED slack'));
    });
  }

  it('lets no text of the run become markup in HTML', () => {
    const page = renderHtml(reportOf(hostile(`<script>alert(1)</script><img src=x onerror="a()"> " ' &lt; \`|* \u202e`)));
    assert.doesNotMatch(page, /<script|<img|onerror="|\u202e/);
    const tags = new Set([...page.matchAll(/<([a-z]+)/g)].map(([, tag]) => tag));
    const known = new Set([...renderHtml(reportOf(sampleView())).matchAll(/<([a-z]+)/g)].map(([, tag]) => tag));
    assert.deepEqual(
      [...tags].filter((tag) => !known.has(tag)),
      [],
    );
  });

  for (const html of [true, false]) {
    it(`lets no text of the run become markup in Markdown, in a renderer that ${html ? 'allows' : 'escapes'} HTML`, () => {
      const nasty = `<script>x</script> | \`c\` **b** _i_ ~~s~~ [l](http://x) ![p](http://y) <http://z> &lt; \\| \\\` $m$ # #\n# h\n\n- l\n| a | b |`;
      const kinds = (view: RunView) => {
        const tokens = new MarkdownIt({ html }).enable('table').parse(renderMarkdown(reportOf(view)), {});
        return tokens.flatMap(({ type, children }) => [type, ...(children ?? []).map((child) => child.type)]);
      };
      const plain = (types: string[]) => types.filter((type) => type !== 'text' && type !== 'text_special');
      assert.deepEqual(plain(kinds(hostile(nasty))), plain(kinds(hostile('plain'))));
      assert.deepEqual(
        kinds(hostile(nasty)).filter((type) => /^(html|link|image|em_|s_|fence|code)/.test(type) && type !== 'code_inline'),
        [],
      );
    });
  }

  it('shows hostile text in Markdown as it was', () => {
    const text = 'a | b `c` <d> *e* \\| \\` _f_ [g](h) &amp; $i$ 5_6 #';
    const view = sampleView();
    view.timeline = [{ at: view.startedAt, kind: 'note', text, by: 'sam' }];
    const shown = new MarkdownIt().enable('table').render(renderMarkdown(reportOf(view)));
    const cell = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    assert.ok(shown.includes(`<td>${cell}</td>`), shown.slice(shown.indexOf('Timeline'), shown.indexOf('Timeline') + 600));
  });

  it('is one page without script and without anything from outside', () => {
    const page = renderHtml(reportOf(sampleView()));
    assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
    assert.doesNotMatch(page, /<script|<link|<iframe|@import|src="|url\((?!#)|href="(?!#)/);
    assert.match(page, /@media print/);
    // On paper a folded part is its heading, unless somebody has opened it: raw JSON would be most of the pages.
    assert.match(page, /<details>\s*<summary>The plan and \d+ measures?, as they were recorded<\/summary>[^]*<\/details>\s*<\/main>/);
    assert.match(page, /h2#decisions, [^{]*\{ break-before: page; \}/);
    assert.doesNotMatch(page, /details-content/);
    assert.match(page, /prefers-color-scheme: dark/);
  });

  it('has a picture that can be read aloud, wide and narrow, with every reference in the page', () => {
    const page = renderHtml(reportOf(sampleView()));
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    for (const [, used] of page.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids.includes(used!), used);
    for (const [, used] of page.matchAll(/aria-labelledby="([^"]+)"/g)) for (const id of used!.split(' ')) assert.ok(ids.includes(id), id);
    for (const [, used] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(used!), used);
    assert.equal([...page.matchAll(/<svg[^>]*class="waterfall/g)].length, 2);
    assert.doesNotMatch(page, /NaN|undefined|\[object/);
  });

  it('of a simulation is the list of calls that would be made, and is called so', () => {
    const view = sampleView();
    Object.assign(view, { mode: 'simulate', measures: { targets: { rtoMs: 60_000, rpoMs: 5_000 } }, messages: [] });
    for (const step of view.steps)
      Object.assign(step, { state: 'simulated', evidence: step.evidence.filter(({ kind }) => kind === 'read') });
    for (const gate of view.gates) {
      Object.assign(gate, { state: 'simulated', decisions: [] });
      delete gate.decidedAt;
    }
    for (const [name, render] of Object.entries(renderers)) {
      const page = render(reportOf(view));
      assert.match(page, /Simulation: Fail shop over/, name);
      assert.match(page, /nothing was changed/, name);
      assert.match(page, /Every change that it would make/, name);
      assert.equal([...page.matchAll(/would be made/g)].length, view.steps.flatMap(({ predicted }) => predicted).length, name);
      assert.doesNotMatch(page, /Customers waited|missed/, name);
    }
  });
});
