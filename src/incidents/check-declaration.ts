import type { Environment } from '../config/schema.ts';
import { RunProblem, type ProblemField } from '../runs/problem.ts';
import type { IncidentPolicy } from '../workflows/incident/policy.ts';

/** How the environment deals with incidents. Throws RunProblem when its file says nothing about that. */
export function policyOf({ incidents, name }: Environment): IncidentPolicy {
  if (incidents) return incidents.policy;
  throw new RunProblem(409, 'InvalidInput', `the environment ${name} has no incidents: add the section \`incidents\` to its file`);
}

/** Refuses what the environment's file does not know, before anything is recorded. Throws RunProblem that names every wrong field. */
export function checkDeclaration(
  environment: Environment,
  { by, service, severity, startedAt }: { by: string; service: string; severity: string; startedAt?: string },
): void {
  const { services, severities } = policyOf(environment);
  if (!environment.people.some(({ subject }) => subject === by))
    throw new RunProblem(403, 'NotEntitled', `${by} is not known in ${environment.name}`);
  const fields: ProblemField[] = [];
  const mustBe = (known: readonly string[], said: string, field: string) => {
    if (!known.includes(said)) fields.push({ pointer: `/${field}`, detail: `${said} is not known here; known: ${known.join(', ')}` });
  };
  mustBe(Object.keys(services), service, 'service');
  mustBe(
    severities.map(({ name }) => name),
    severity,
    'severity',
  );
  // A clock that is a little ahead is no mistake.
  if (startedAt !== undefined && Date.parse(startedAt) > Date.now() + 60_000)
    fields.push({ pointer: '/startedAt', detail: `${startedAt} lies in the future` });
  if (fields.length === 0) return;
  throw new RunProblem(422, 'InvalidInput', fields.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), { fields });
}
