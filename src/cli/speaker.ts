import { catalogue } from '../catalogue.ts';
import type { Environment } from '../config/environment.ts';
import { RunProblem } from '../runs/problem.ts';
import type { Role } from '../workflows/messages.ts';
import { CliError, exitCodes } from './exit.ts';
import { refusalError } from './problems.ts';
import { mustBeKnown, type Me } from './who.ts';

/** Temporal cannot tell who somebody is, so a name must be said and be among the environment's people. */
export function speaker({ people, name }: Environment, subject: string | undefined): string {
  if (subject === undefined) throw new CliError('speaking to Temporal directly, say who you are: --as <subject>', exitCodes.usage);
  mustBeKnown(
    subject,
    people.map((one) => one.subject),
    name,
  );
  return subject;
}

/** The same, with the name that people know. */
export function person(environment: Environment, subject: string | undefined): Me {
  const said = speaker(environment, subject);
  const { name } = environment.people.find((one) => one.subject === said)!;
  return { subject: said, name };
}

/** The API asks for this role before it starts a run; past the API we do. */
export function mayStart({ people }: Environment, runbook: string, subject: string): void {
  const role = catalogue.find(({ name }) => name === runbook)?.startRole;
  if (role) mustHold(people, subject, role, `${runbook} is started by`);
}

/** The API asks for a responder before it tells an incident anything; past the API we do. */
export function mayRespond({ people }: Environment, subject: string): void {
  mustHold(people, subject, 'responder', 'speaking to an incident needs');
}

function mustHold(people: Environment['people'], subject: string, role: Role, what: string): void {
  const order: readonly Role[] = ['viewer', 'responder', 'approver', 'admin'];
  const held = people.find((person) => person.subject === subject)!.roles;
  if (!held.some((one) => order.indexOf(one) >= order.indexOf(role)))
    throw new CliError(`NotEntitled: ${what} the role ${role}; ${subject} has ${held.join(', ')}`, exitCodes.refused);
}

/** Does it, and gives refusals the words and exit code of the command line. */
export async function told<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof RunProblem ? refusalError(error) : error;
  }
}
