import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { catalogue, InputProblem, type RunbookEntry } from '../../src/catalogue.ts';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { keysOf } from '../config/without.ts';

const run = { environment: 'x', mode: 'live' as const, requestedBy: 'primary', reason: 'a test', people: [] };
/** What no recovery plan is made of. */
const beside = ['incidents', 'people', 'notify', 'archive', 'decisions'];
type Start = [entry: RunbookEntry, input: Record<string, unknown>];

/** Every runbook, asked for about every service of a file as its owner would. */
function startsIn({ services, clusters }: Environment): Start[] {
  const [cluster = 'none'] = Object.keys(clusters);
  return Object.entries(services).flatMap(([service, { regions, mitigations }]) => {
    const [region, other = region] = Object.keys(regions);
    const [kind = 'rate-limit'] = Object.keys(mitigations ?? {});
    const about: Record<string, object> = {
      'fail-over-database-cluster': { cluster, to: other },
      'recover-everything': { service, from: region, to: other },
      mitigate: { service, kind, for: '10m' },
      'restore-from-backup': { service, region, action: 'restore' },
      'restore-database-to-point-in-time': { service, region, at: '2026-01-01T00:00:00Z' },
      'undo-database-restore': { service, region, aside: 'aside' },
    };
    const moves = /^(fail-(over|back)-region|fence-on-return|promote-read-replica|restore-from-snapshot)$/;
    return catalogue
      .filter(({ name }) => name !== 'drill')
      .map((entry): Start => {
        const input = about[entry.name] ?? (moves.test(entry.name) ? { service, from: region, to: other } : { service, region });
        return [entry, input as Record<string, unknown>];
      });
  });
}

/** The refusal of a start in its words; undefined when it is planned. Whatever else goes wrong is thrown. */
function refusalOf(environment: Environment, [entry, input]: Start): InputProblem | undefined {
  try {
    entry.resolve(environment, input, run);
    return undefined;
  } catch (error) {
    if (error instanceof InputProblem) return error;
    throw new Error(`${entry.name} of ${JSON.stringify(input)}`, { cause: error });
  }
}

function without(file: unknown, path: readonly (string | number)[]): Environment | undefined {
  const less = structuredClone(file) as Record<string | number, unknown>;
  const holder = path.slice(0, -1).reduce((at, step) => at[step] as typeof less, less);
  delete holder[path.at(-1)!];
  try {
    return parseEnvironment(stringify(less), 'less.yaml');
  } catch {
    return undefined;
  }
}

/** What then happens to a plan that lacks all of them is played in test/recovery/bare-environment-on-range.test.ts. */
describe('an environment that lacks any one of its keys', function () {
  this.timeout(60_000);
  for (const name of readdirSync('environments').filter((file) => file.endsWith('.yaml'))) {
    it(`plans each runbook or refuses its start with the field and the reason: ${name}`, () => {
      const text = readFileSync(`environments/${name}`, 'utf8');
      const file: unknown = parse(text);
      const starts = startsIn(parseEnvironment(text, name));
      let [tried, refused] = [0, 0];
      for (const path of keysOf(file).filter(([top]) => !beside.includes(String(top)))) {
        const less = without(file, path);
        for (const start of less ? starts : []) {
          tried += 1;
          const problem = refusalOf(less!, start);
          if (!problem) continue;
          refused += 1;
          for (const { pointer, detail } of problem.fields) {
            assert.match(pointer, /^\/\w+/, `${path.join('.')}: ${start[0].name}`);
            assert.match(detail, /^(?!.*(undefined|null|\[object)).{20,}/, `${path.join('.')}: ${start[0].name}`);
          }
        }
      }
      assert.ok(tried > 200 && refused > 0 && refused < tried, `${refused} of ${tried}`);
    });
  }
});
