import type { TapeAsked, TapeCommand } from '../workflows/kit/tape.ts';
import { likeness } from './carry.ts';
import { differences } from './facts.ts';
import type { Tape, TapeRun, TapeSaid } from './tape.ts';

/** What the recorded people say, and why they say nothing when they do not. */
export interface Answer {
  commands: TapeCommand[];
  /** One sentence; undefined when there are commands. */
  because?: string;
}

const decisions: readonly string[] = ['approve', 'decline'];
const helps: readonly string[] = ['retryStep', 'skipStep', 'undo', 'abort'];

/** What people on the tape said to the same question. To other facts, or to a question that was not asked, they have no answer. */
export function answerOf(run: TapeRun, asked: TapeAsked, occurrence: number): Answer {
  return asked.kind === 'gate' ? atGate(run, asked, occurrence) : atStep(run, asked, occurrence);
}

function atGate({ outcome, said }: TapeRun, asked: TapeAsked, occurrence: number): Answer {
  const gate = outcome.gates.filter(({ question }) => likeness(question) === likeness(asked.title))[occurrence];
  if (!gate) return nobody('this was not asked on the tape');
  // Of a gate that opened anew the tape knows the last facts only; those before are known by their digest.
  const digests = [...new Set(said.filter((one) => one.gate === gate.id && decisions.includes(one.verb)).map(({ digest }) => digest))];
  if (asked.round >= gate.round) {
    if (gate.of !== asked.of || gate.quorum !== asked.quorum)
      return nobody(`it asks ${asked.quorum} of ${asked.of}; on the tape it asked ${gate.quorum} of ${gate.of}`);
    const others = differences(gate.facts, asked.facts ?? []);
    if (others.length > 0) return nobody(`on the tape people decided on other facts: ${others.join('; ')}`);
  }
  const then = said.filter((one) => one.gate === gate.id && decisions.includes(one.verb) && one.digest === digests[asked.round - 1]);
  const ended = said
    .filter(({ verb, at }) => ['undo', 'abort'].includes(verb) && at >= gate.openedAt && gate.state === 'canceled')
    .slice(0, 1);
  const all = [...then, ...ended];
  if (all.length === 0) return nobody('nobody decided it on the tape');
  const before = said.filter((one) => one.gate === gate.id && one.digest === digests[asked.round - 2]).at(-1);
  return { commands: all.map((one) => commandOf(one, asked.round === 1 ? gate.openedAt : (before?.at ?? gate.openedAt))) };
}

function atStep({ outcome, said }: TapeRun, asked: TapeAsked, occurrence: number): Answer {
  const step = outcome.steps.filter(({ title }) => likeness(title) === likeness(asked.title))[occurrence];
  const failures = outcome.failures.filter((one) => one.step === step?.id);
  const failure = failures[asked.round - 1];
  // Where somebody ended the run the tape has no more answers: then they end it again.
  const end = said.find(
    ({ verb, at }) => ['undo', 'abort'].includes(verb) && (!step || (at >= step.startedAt && at <= (step.endedAt ?? at))),
  );
  if (!failure && end) return { commands: [{ ...commandOf(end, end.at), afterMs: 0 }] };
  if (!failure) return nobody('this step did not fail on the tape');
  const next = failures[asked.round]?.at;
  const help = said.find(
    ({ verb, at, step: of }) =>
      helps.includes(verb) && at >= failure.at && (next === undefined || at <= next) && (of === undefined || of === step!.id),
  );
  return help ? { commands: [commandOf(help, failure.at)] } : nobody('nobody said what to do on the tape');
}

function commandOf({ verb, by, at, comment, reason, how }: TapeSaid, since: string): TapeCommand {
  const rest = Object.fromEntries(Object.entries({ comment, reason, how }).filter(([, value]) => value !== undefined));
  return { verb: verb as TapeCommand['verb'], by, afterMs: Math.max(0, Date.parse(at) - Date.parse(since)), ...rest };
}

const nobody = (because: string): Answer => ({ commands: [], because });

/** Approvals by whoever is entitled to, `afterMs` after they were asked: for a what-if that goes on whatever the facts say. */
export function approvals({ plan, runs }: Tape, asked: TapeAsked, afterMs: number): TapeCommand[] {
  const requestedBy = runs[0]!.outcome.requestedBy;
  const people = plan.run.people as unknown as { subject: string; duties: string[]; roles: string[] }[];
  const entitled = people.filter(
    ({ subject, duties, roles }) =>
      subject !== requestedBy && duties.includes(asked.of ?? '') && (roles.includes('approver') || roles.includes('admin')),
  );
  return entitled.slice(0, asked.quorum ?? 1).map(({ subject }) => ({ verb: 'approve', by: subject, afterMs }));
}
