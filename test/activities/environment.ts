import { readFileSync } from 'node:fs';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';

let environments = 0;

/** The range's environment with addresses of a test in place of the variables that it refers to, e.g. `{ SHOP_EAST: url }`. */
export function environmentWith(addresses: Record<string, string>): Environment {
  // Names of its own, so that environments of other tests in this process keep theirs.
  const prefix = `MUSTER_ACTIVITIES_TEST_${(environments += 1)}_`;
  for (const [name, value] of Object.entries(addresses)) process.env[`${prefix}${name}`] = value;
  const file = 'environments/range.yaml';
  return parseEnvironment(readFileSync(file, 'utf8').replaceAll('MUSTER_RANGE_', prefix), file);
}
