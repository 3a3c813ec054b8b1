import type { Environment } from '../../config/environment.ts';
import { theCalendar } from '../../config/people.ts';
import type { Person, RunRequest } from '../../workflows/messages.ts';

/** A plan as a worker gets it: whoever reaches Temporal can have written it. */
export interface PlanAsked {
  plan: { run: RunRequest };
  /** The workflow's type. */
  workflow: string;
  /** A run of ours has started it, as Temporal says. */
  child: boolean;
}

type Policy = Environment['failover']['approval'];

/** What a plan says of people that the environment's own file does not, one sentence each; none when all of it is known. */
export function strangeIn(environment: Environment, { plan, workflow, child }: PlanAsked): string[] {
  const { run } = plan;
  const said = [
    ...(run.environment === environment.name ? [] : [`it belongs to ${run.environment}, not to ${environment.name}`]),
    ...requesterOf(environment, run, child || workflow === 'drill'),
    ...run.people.flatMap((person) => strangeOf(environment, person)),
    ...(run.leases === undefined || child ? [] : ['it says that another run holds what it changes, and none has started it']),
    ...(run.drill === undefined || child || workflow === 'drill' ? [] : ['it calls itself an exercise, and none has started it']),
    ...(run.tape === undefined ? [] : ['it says that it plays a tape']),
    ...rulesIn(environment, plan, workflow),
  ];
  return [...new Set(said)];
}

const findIn = ({ people }: Environment, subject: string) => people.find((person) => person.subject === subject);

function requesterOf(environment: Environment, { requestedBy }: RunRequest, mayBeTheCalendar: boolean): string[] {
  if (requestedBy === theCalendar && mayBeTheCalendar) return [];
  const known = findIn(environment, requestedBy);
  if (!known) return [`${requestedBy}, who asks for it, is not known in ${environment.name}`];
  return known.roles.some((role) => role !== 'viewer') ? [] : [`${requestedBy} may not ask for it: a viewer in ${environment.name}`];
}

function strangeOf(environment: Environment, { subject, roles, duties }: Person): string[] {
  const known = findIn(environment, subject);
  if (!known) return [`${subject} is not known in ${environment.name}`];
  return [
    ...roles.filter((role) => !known.roles.includes(role)).map((role) => `${subject} is no ${role} in ${environment.name}`),
    ...duties.filter((duty) => !known.duties.includes(duty)).map((duty) => `${subject} has not the duty ${duty} in ${environment.name}`),
  ];
}

/** Whom its gates ask, and what it does without asking, wherever that stands: plans hold those of other runbooks. */
function rulesIn(environment: Environment, value: unknown, workflow: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => rulesIn(environment, one, workflow));
  if (typeof value !== 'object' || value === null) return [];
  const part = value as Record<string, unknown>;
  const within = typeof part['workflow'] === 'string' ? part['workflow'] : workflow;
  const care = Object.entries(environment.services).find(([name]) => name === part['service'])?.[1].care;
  const allowed: readonly unknown[] = care?.withoutApproval ?? [];
  const silent: readonly unknown[] = Array.isArray(part['withoutApproval']) ? part['withoutApproval'] : [];
  return [
    ...('approval' in part
      ? weakerThan(environment, part['approval'] as Partial<Policy>, within === 'mitigate' ? part['owner'] : undefined)
      : []),
    ...silent.filter((remedy) => !allowed.includes(remedy)).map((remedy) => `nobody is asked about ${String(remedy)}`),
    ...Object.values(part).flatMap((inner) => rulesIn(environment, inner, within)),
  ];
}

function weakerThan(environment: Environment, asked: Partial<Policy> | null, owner: unknown): string[] {
  const { approval } = environment.failover;
  const { duty = '', quorum = 0, stronger, escalateTo = [] } = asked ?? {};
  const duties = [approval.duty, ...(environment.people.find(({ subject }) => subject === owner)?.duties ?? [])];
  const asks = (of: string, count: number, wanted: { duty: string; quorum: number }) =>
    `its gates ask ${count} of ${of}, where ${environment.name} asks ${wanted.quorum} of ${wanted.duty}`;
  return [
    ...(duties.includes(duty) && quorum >= approval.quorum ? [] : [asks(duty, quorum, approval)]),
    ...(stronger && stronger.duty === approval.stronger.duty && stronger.quorum >= approval.stronger.quorum
      ? []
      : [asks(stronger?.duty ?? 'nobody', stronger?.quorum ?? 0, approval.stronger)]),
    ...escalateTo
      .filter((next) => !approval.escalateTo.includes(next))
      .map((next) => `its gates ask ${next} too, ${environment.name} does not`),
  ];
}
