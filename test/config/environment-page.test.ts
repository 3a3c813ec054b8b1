import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { exampleOf } from '../../src/build/environment-examples.ts';
import { type Key, keysOf } from '../../src/build/environment-keys.ts';
import { keysPage, pathOf, shippedEnvironments } from '../../src/build/environment-page.ts';
import { catalogue } from '../../src/catalogue.ts';
import { parseEnvironment } from '../../src/config/environment.ts';
import { environmentSchema } from '../../src/config/schema.ts';

const page = readFileSync('docs/environment.md', 'utf8');
const withBelow = (key: Key): Key[] => [key, ...key.keys.flatMap(withBelow)];
const keys = keysOf(environmentSchema).flatMap(withBelow);

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  propertyNames?: { title?: string };
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
}

/** Every key that the JSON Schema has, by its path: read by another way than the page is made by. */
function pathsIn(node: Node, path = ''): { path: string; description: string | undefined }[] {
  const { properties = {}, additionalProperties: any, propertyNames, items, anyOf = [], oneOf = [] } = node;
  return [
    ...Object.entries(properties).flatMap(([name, child]) => {
      const below = path === '' ? name : `${path}.${name}`;
      return [{ path: below, description: child.description }, ...pathsIn(child, below)];
    }),
    ...(typeof any === 'object' ? pathsIn(any, `${path}.${propertyNames?.title ?? 'NAME'}`) : []),
    ...(items ? pathsIn(items, `${path}[]`) : []),
    ...[...anyOf, ...oneOf].flatMap((form) => pathsIn(form, path)),
  ];
}

describe('the page about the environment file', () => {
  it('has every key of the schema, and editors show for each what it is for', () => {
    const known = pathsIn(JSON.parse(readFileSync('environments/environment.schema.json', 'utf8')) as Node);
    assert.ok(known.length > 400);
    assert.deepEqual(
      known.filter(({ path }) => !page.includes(`**\`${path}\`**`) && !page.includes(`**\`${path}: `)).map(({ path }) => path),
      [],
    );
    assert.deepEqual(
      known.filter(({ description = '' }) => description.length < 5).map(({ path }) => path),
      [],
    );
  });

  it('says of every key what it is for in a sentence, with an example that the schema takes', () => {
    const files = shippedEnvironments('.');
    const wrong = keys.flatMap((key) => {
      const example = exampleOf(key, files);
      const parsed = key.schema.safeParse(example);
      const problems = [
        ...(/[.…]$/.test(key.description ?? '') ? [] : ['has no sentence']),
        ...(example === undefined ? ['has no example'] : []),
        ...(parsed.success ? [] : [`has an example that is refused: ${parsed.error.message}`]),
      ];
      return problems.map((problem) => `${pathOf(key.steps)} ${problem}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('shows every example in a line that can be read', () => {
    const long = keysPage('.')
      .split('\n')
      .filter((line) => /^ {2}`/.test(line) && line.length > 150);
    assert.deepEqual(long, []);
  });
});

describe('the first files of the page', () => {
  const blocks = [...page.matchAll(/^```yaml\n(version: 1\n[^]*?)^```/gm)].map(([, text]) => text!);
  const run = { environment: 'x', mode: 'simulate' as const, requestedBy: 'sam', reason: 'to see it', people: [] };
  const started = [...page.matchAll(/^\.\/muster start (\S+) --mode simulate --input ((?:[a-z]+=\S+ )+)--/gm)].map(([, name, said]) => ({
    name,
    input: Object.fromEntries(
      said!
        .trim()
        .split(' ')
        .map((pair) => pair.split('=')),
    ) as Record<string, string>,
  }));

  it('are environments that Muster takes', () => {
    assert.deepEqual(
      blocks.map((text) => parseEnvironment(text, 'docs/environment.md').name),
      ['shop', 'shop-aws'],
    );
  });

  it('have plans for what the page says to simulate', () => {
    const [compose, aws] = blocks.map((text) => parseEnvironment(text, 'docs/environment.md'));
    assert.deepEqual(
      started.map(({ name }) => name),
      ['service-down', 'fail-over-region'],
    );
    for (const [index, { name, input }] of started.entries()) {
      const runbook = catalogue.find((each) => each.name === name)!;
      const plan = runbook.resolve([compose!, aws!][index]!, input, run) as object;
      assert.ok('service' in plan);
    }
  });
});
