import type { Command } from 'commander';

interface Entry {
  /** Each command that the module adds, with what the list of all commands says of it. */
  says: Record<string, string>;
  load: () => Promise<(program: Command) => void>;
}

const decision = 'at a gate; shows the facts and asks, unless you bring the digest of facts that you saw';

/** Every command. Its module is loaded when it is asked for: the list, and every other command, shall not wait for what it needs. */
export const commands: Entry[] = [
  {
    says: { demo: 'lose a region, decide, fail over, prove it, read the report: on a practice range of its own' },
    load: async () => (await import('./demo.ts')).registerDemo,
  },
  {
    says: { up: 'bring up the practice range, Temporal, a worker and the API, and keep them up' },
    load: async () => (await import('./up.ts')).registerUp,
  },
  {
    says: { 'sign-in': 'print a link that signs a browser in as you, once' },
    load: async () => (await import('./sign-in.ts')).registerSignIn,
  },
  {
    says: { token: 'make, list and revoke tokens of people and programs; counts at once' },
    load: async () => (await import('./token.ts')).registerToken,
  },
  {
    says: { audit: 'look whether the record of who made and revoked tokens is whole' },
    load: async () => (await import('./audit.ts')).registerAudit,
  },
  { says: { down: 'end what `muster up` started' }, load: async () => (await import('./down.ts')).registerDown },
  {
    says: { init: 'write a first environment file: asks, looks at what is there, and explains each part in it' },
    load: async () => (await import('./init.ts')).registerInit,
  },
  {
    says: { runbooks: 'list the runbooks, or show what one asks and an example' },
    load: async () => (await import('./runbooks.ts')).registerRunbooks,
  },
  {
    says: { new: 'write the files of a new scenario or tool, with a test that says what to fill in' },
    load: async () => (await import('./new.ts')).registerNew,
  },
  {
    says: { start: 'start a run of a runbook, e.g. fail-over-region' },
    load: async () => (await import('./start.ts')).registerStart,
  },
  { says: { runs: 'list the newest runs' }, load: async () => (await import('./runs.ts')).registerRuns },
  {
    says: { show: 'show one run: its steps, its gates with their facts, and what can be done' },
    load: async () => (await import('./show.ts')).registerShow,
  },
  {
    says: { watch: 'watch one run until it ends, or without one all that are open; exits 0 when it completed, 1 when not' },
    load: async () => (await import('./watch.ts')).registerWatch,
  },
  {
    says: { approve: `approve ${decision}`, decline: `decline ${decision}` },
    load: async () => (await import('./decide.ts')).registerDecide,
  },
  {
    says: {
      pause: 'stop before the next step',
      resume: 'go on after a pause',
      'retry-step': 'try a failed step again',
      'skip-step': 'go on without a failed step',
      undo: 'undo what was done, newest first, and end',
      abort: 'end the run',
      note: "write a note into the run's record",
    },
    load: async () => (await import('./signals.ts')).registerSignals,
  },
  {
    says: { report: 'print the report of a run that has ended, or of a month of incidents' },
    load: async () => (await import('./report.ts')).registerReport,
  },
  {
    says: { verify: "check a report's chain of hashes, offline" },
    load: async () => (await import('./verify.ts')).registerVerify,
  },
  { says: { range: 'the practice range: look, break, heal' }, load: async () => (await import('./range.ts')).registerRange },
  {
    says: { doctor: 'look whether everything is well, and say how to mend what is not' },
    load: async () => (await import('./doctor.ts')).registerDoctor,
  },
  {
    says: { lint: 'look for known traps in runbooks: ours, a TypeScript page, or one that is written for people' },
    load: async () => (await import('./lint.ts')).registerLint,
  },
  {
    says: {
      mitigations: 'list what services are relieved by now: who answers for it, and when people are asked whether it is still needed',
    },
    load: async () => (await import('./mitigations.ts')).registerMitigations,
  },
  {
    says: { incident: 'declare an incident, work on it, resolve it, and learn from it' },
    load: async () => (await import('./incident.ts')).registerIncident,
  },
  {
    says: { drill: 'practise: break something on purpose, mend it with the real runbook, bring everything back, score it' },
    load: async () => (await import('./drill.ts')).registerDrill,
  },
  {
    says: { drills: 'show the calendar of exercises: what is practised next, and what falls on a holiday or into a change freeze' },
    load: async () => (await import('./drills.ts')).registerDrills,
  },
  {
    says: { contacts: 'show who is who: people with their duties, whom an incident tells and how, and where people meet' },
    load: async () => (await import('./contacts.ts')).registerContacts,
  },
  {
    says: { readiness: 'show how ready the recovery plans are; exits 1 when one is not' },
    load: async () => (await import('./readiness.ts')).registerReadiness,
  },
  {
    says: {
      'replay-check': 'look whether this build still agrees with what open and recent runs have done; before it is rolled out',
    },
    load: async () => (await import('./replay-check.ts')).registerReplayCheck,
  },
  {
    says: { tape: 'make a tape of a past run, and play it: the past answers, people decide anew, nothing is touched' },
    load: async () => (await import('./tape.ts')).registerTape,
  },
  {
    says: {
      'what-if': 'play a tape with something changed, its recorded people and the time skipped: what would have come of it?',
    },
    load: async () => (await import('./what-if.ts')).registerWhatIf,
  },
];
