import { alertRule } from '../../../src/config/schema/alert-rules.ts';
import { loadEnvironment, type Environment } from '../../../src/config/environment.ts';

/** How the range deals with incidents, with other rules for alerts. */
export async function incidentsWith(rules: object[]): Promise<NonNullable<Environment['incidents']>> {
  const { incidents } = await loadEnvironment('environments/range.yaml');
  if (!incidents) throw new Error('environments/range.yaml has no incidents');
  return { ...incidents, alerts: { tokens: ['env:ALERTS_TOKEN'], rules: rules.map((rule) => alertRule.parse(rule)) } };
}
