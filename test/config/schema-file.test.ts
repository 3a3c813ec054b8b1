import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { environmentSchema } from '../../src/config/schema.ts';

const file = 'environments/environment.schema.json';
const schema = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' });

describe('the JSON Schema of environment files', () => {
  it('says what the program checks (npm run lists)', () => {
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(schema)));
  });

  it('is named by every environment file', () => {
    for (const name of ['range', 'pynomaly-kubernetes', 'iot-anomaly', 'pynomaly-aws', 'observer-coordinator', 'ml-platform']) {
      assert.match(readFileSync(`environments/${name}.yaml`, 'utf8'), /^# yaml-language-server: \$schema=\.\/environment\.schema\.json\n/);
    }
  });
});
