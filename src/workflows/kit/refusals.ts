import { ApplicationFailure } from '@temporalio/workflow';
import { Failure, type FailureName } from '../failures.ts';
import type { Person, Role } from '../messages.ts';
import type { Run } from './run.ts';

/** Refuses a command: the caller gets the name and the sentence, and the run goes on as if nothing had come. */
export function refuse(name: FailureName, sentence: string): never {
  throw ApplicationFailure.nonRetryable(sentence, name);
}

const ranks: Record<Role, number> = { viewer: 0, responder: 1, approver: 2, admin: 1 };

/** The person of that name with at least that role; an admin is not an approver unless the environment says so. */
export function personWho(run: Run, subject: unknown, role: 'responder' | 'approver'): Person {
  const person = run.request.people.find((candidate) => candidate.subject === subject);
  if (!person) refuse(Failure.NotEntitled, `${String(subject)} is not known in ${run.request.environment}`);
  if (!person.roles.some((held) => ranks[held] >= ranks[role]))
    refuse(
      Failure.NotEntitled,
      `${person.subject} is ${person.roles.join(', ')}, this takes ${role === 'approver' ? 'an approver' : 'a responder'}`,
    );
  return person;
}
