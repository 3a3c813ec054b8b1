import assert from 'node:assert/strict';
import { problemsOf, render, templateFields, type TemplateValues } from '../../src/workflows/incident/fields.ts';

const values = (said: Partial<TemplateValues>): TemplateValues => ({
  ...(Object.fromEntries(templateFields.map((field) => [field, `<${field}>`])) as TemplateValues),
  ...said,
});

describe('a template', () => {
  it('is filled in with what its fields say', () => {
    assert.equal(
      render('{drill}[{severity}] {title}: {STATUS}', values({ drill: '', severity: 'P0', title: 'Down', STATUS: 'INVESTIGATING' })),
      '[P0] Down: INVESTIGATING',
    );
  });

  it('writes doubled braces as braces', () => {
    assert.equal(render('rate{{job="{service}"}}', values({ service: 'shop' })), 'rate{job="shop"}');
  });

  it('leaves braces alone that came in with a value, and signs that mean something elsewhere', () => {
    assert.equal(render('{impact} {title}', values({ impact: '{title} {{x}} $&', title: '$1' })), '{title} {{x}} $& $1');
  });

  it('has something for every field', () => {
    for (const field of templateFields) assert.equal(render(`{${field}}`, values({})), `<${field}>`);
  });

  it('is told of a field that there is not, and of a brace that stands alone', () => {
    assert.deepEqual(problemsOf('{title} {{x}} {severity}'), []);
    assert.match(problemsOf('{titel}')[0]!, /^names the field \{titel\}, which there is not; fields are: number, /);
    assert.deepEqual(problemsOf('a } b'), ['has a lone }; write }} for a brace']);
    assert.deepEqual(problemsOf('{title'), ['has a lone {; write {{ for a brace']);
    assert.equal(problemsOf('{Title} {constructor} {}').length, 3);
  });
});
