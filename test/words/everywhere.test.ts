import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { wordsPage } from '../../src/build/say-words.ts';
import { renderRun } from '../../src/cli/view/render-run.ts';
import { stepTraits } from '../../src/report/words.ts';
import { resultSentences } from '../../src/report/objectives.ts';
import { gateMarks, incidentMarks, messageMarks, runMarks, stepMarks } from '../../src/words/states.ts';
import { factValue } from '../../src/words/facts.ts';
import type { Incident } from '../../src/workflows/incident/view.ts';
import type { GateView, MessageView, RunState, StepState } from '../../src/workflows/messages.ts';
import { gate, run } from '../cli/support/views.ts';

const everyRunState = Object.keys(runMarks) as RunState[];

describe('one word for one thing', () => {
  // The compiler holds that every state has a word; this holds that no word is for a state that there is not.
  it('is there for the states of the API, and for no others', () => {
    const same = <T extends string>(_: Record<T, unknown>) => true;
    assert.ok(same<RunState>(runMarks) && same<StepState>(stepMarks) && same<GateView['state']>(gateMarks));
    assert.ok(same<Incident['state']>(incidentMarks) && same<MessageView['state']>(messageMarks));
    const none: [
      Exclude<keyof typeof runMarks, RunState>[],
      Exclude<keyof typeof stepMarks, StepState>[],
      Exclude<keyof typeof gateMarks, GateView['state']>[],
      Exclude<keyof typeof incidentMarks, Incident['state']>[],
      Exclude<keyof typeof messageMarks, MessageView['state']>[],
    ] = [[], [], [], [], []];
    assert.equal(none.flat().length, 0);
  });

  it('says the state of a run in the terminal and in the report', () => {
    for (const state of everyRunState) {
      const { icon, word } = runMarks[state];
      const view = run({ state, endedAt: '2026-03-01T10:00:09.000Z' });
      assert.ok(renderRun(view, { now: Date.parse(view.startedAt), width: 100, color: false }).includes(`${icon} ${word}`), state);
      assert.ok(resultSentences(view, {})[0]!.includes(word), state);
    }
  });

  it('says the state of a step in the report as in the terminal', () => {
    for (const [state, { word }] of Object.entries(stepMarks)) {
      const traits = stepTraits({ state, tries: 1, pointOfNoReturn: false, reversible: false } as Parameters<typeof stepTraits>[0]);
      assert.equal(traits, word);
    }
  });

  it('says a fact in the terminal as everywhere', () => {
    const facts = [true, false, null].map((value, index) => ({
      ...{ id: `is-${index}`, name: `is ${index}`, kind: 'yesNo' as const, value, source: 'a test', at: '2026-03-01T10:00:00.000Z' },
    }));
    const shown = renderRun(
      run({
        state: 'pendingApproval',
        gates: [gate({ facts })],
        steps: [
          {
            ...{ id: gate().id, title: 'Fail over?', phase: 'Decide', kind: 'gate', state: 'pendingApproval', startedAt: gate().openedAt },
            ...{ tries: 1, reversible: false, pointOfNoReturn: false, evidence: [], predicted: [] },
          },
        ],
      }),
      { now: Date.parse('2026-03-01T10:00:00.000Z'), width: 100, color: false },
    );
    for (const fact of facts) assert.match(shown, new RegExp(`${fact.name} +${factValue(fact)} `));
  });

  it('is what the docs list', async () => {
    const file = 'docs/words.md';
    const now = await format(wordsPage(), { ...(await resolveConfig(file)), filepath: file });
    assert.equal(readFileSync(file, 'utf8'), now, `${file} is older than src/words: npm run words`);
  });

  it('is what the console shows: it says no state of its own', () => {
    const own = readdirSync('src/console', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .filter((file) => /Marks(: [^=]+)? = /.test(readFileSync(`src/console/${file}`, 'utf8')));
    assert.deepEqual(own, []);
  });

  it('is made in one room: nobody else turns milliseconds into words', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(tsx?|js)$/.test(file) && !/^(range|words)\//.test(file))
      .map((file) => `src/${file}`);
    const own = /\/ ?(1_000|60_000|3_600_000)\)?(\.toFixed\(\d\))?\)?\} (s|min|h)\b/;
    assert.deepEqual(
      files.filter((file) => own.test(readFileSync(file, 'utf8'))),
      [],
    );
  });
});
