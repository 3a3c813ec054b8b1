import { ApplicationFailure } from '@temporalio/common';
import type { EvidenceEntry } from '../record/evidence.ts';
import { Failure } from '../workflows/failures.ts';
import type { TapeAsked } from '../workflows/kit/tape.ts';
import type { RunView } from '../workflows/messages.ts';
import { carryLengths, carryTimes, renamesBetween } from './carry.ts';
import { TapeClock } from './clock.ts';
import { Answers } from './match.ts';
import { given, unasked, type Given } from './given.ts';
import { answerOf, approvals } from './people.ts';
import type { Tape, TapeCall, TapeRun } from './tape.ts';

/** Shorter than any activity may be silent. */
const longestPauseMs = 4_000;

export interface PlayOptions {
  /** Id of the run that plays. */
  runId: string;
  speed: number;
  /** Lets ms pass before an answer; left out where time is skipped. */
  wait?: (ms: number) => Promise<void>;
  /** Keeps the record of a run that has ended. */
  archive: (view: RunView) => Promise<unknown>;
  /** In a what-if: nobody on the tape has an answer to what the run asks. */
  nobody?: (asked: TapeAsked, because: string) => Promise<void>;
  /** In a what-if: whoever may approves where the tape has no decision, so long after being asked, ms. */
  approveAfterMs?: number;
}

/** One activity that the run asks for. */
export interface Asked {
  activity: string;
  /** Of the run that asks: the one that plays, or a step of it. */
  runId: string;
  workflow: string;
  /** Title of the step; empty when it is asked for the run as a whole. */
  step: string;
  args: readonly unknown[];
  /** When it was asked, in ms of the server. */
  at: number;
}

/** Answers every activity of a run from a tape. It has no tools, so nothing can be touched. */
export class Player {
  readonly #tape: Tape;
  readonly #options: PlayOptions;
  #clock: TapeClock;
  #startedAt = 0;
  readonly #began: number;
  readonly #answers = new Map<string, Answers>();
  readonly #asked = new Map<string, number>();
  /** Endings of names: the recorded ones, and those of this run. */
  readonly #renames = new Map<string, string>();
  readonly #faults: Tape['faults'];

  constructor(tape: Tape, options: PlayOptions) {
    this.#tape = tape;
    this.#options = options;
    this.#began = Date.parse(this.#root.outcome.startedAt);
    this.#clock = new TapeClock({ recorded: this.#began, now: 0 }, options.speed);
    this.#faults = tape.faults.map((fault) => ({ ...fault }));
  }

  /** The run starts now, ms; its plan is carried over by the same. */
  begin(startedAt: number): void {
    this.#startedAt = startedAt;
    this.#clock = new TapeClock({ recorded: this.#began, now: startedAt }, this.#options.speed);
  }

  get #root(): TapeRun {
    return this.#tape.runs[0]!;
  }

  /** A short time passes before the answer, because timers of a server are coarse; the workflow waits for the rest. */
  async answer(asked: Asked): Promise<unknown> {
    const { tookMs, give } = await this.#answer(asked);
    const { speed, wait } = this.#options;
    if (!wait) return give(tookMs);
    const pauseMs = Math.min(tookMs / speed, longestPauseMs);
    if (pauseMs > 0) await wait(pauseMs);
    return give(tookMs - pauseMs * speed);
  }

  async #answer(asked: Asked): Promise<Given> {
    const [first] = asked.args;
    const { activity } = asked;
    if (activity === 'archiveRun') return given(await this.#options.archive((first as { view: RunView }).view));
    if (activity === 'tapeRest') return this.#rest((first as { ms: number }).ms, asked.at);
    const run = this.#runOf(asked);
    if (activity === 'tapePeople') return given(await this.#people(run, asked.runId, first as TapeAsked));
    return this.#fromTape(run, asked);
  }

  #fromTape(run: TapeRun | undefined, asked: Asked): Given {
    const { activity, step, at } = asked;
    const answers = this.#answers.get(asked.runId) ?? new Answers(run?.calls ?? []);
    this.#answers.set(asked.runId, answers);
    this.#refuseFirst(run?.calls ?? [], activity);
    const args = this.#asRecorded(asked.args) as unknown[];
    const found = answers.take({ activity, step, args });
    if (!found) return unasked(activity, step);
    const { call, again } = found;
    for (const [recorded, now] of renamesBetween(call.args, args)) this.#renames.set(recorded, now);
    // Nobody waits for a message, so its time is no part of the run's.
    const aside = activity.startsWith('notify');
    const tookMs = aside ? 0 : call.tookMs;
    const { now, full } = this.#clock.call({ at: Date.parse(call.at), tookMs }, at, !again && !aside);
    const evidence = [this.#evidence(call, at)];
    if (call.outcome.is === 'failure') return this.#failing(call.outcome, evidence, tookMs);
    const carried = this.#asPlayed(carryTimes(carryLengths(call.outcome.value, full), this.#began, now));
    return given(carried, tookMs, evidence);
  }

  #failing({ type, message }: { type: string; message: string }, musterEvidence: EvidenceEntry[], tookMs: number): Given {
    const said = this.#asPlayed(message) as string;
    const give = (musterTookMs: number) => {
      const details = [{ musterEvidence, musterTookMs }];
      throw ApplicationFailure.create({ type, message: said, nonRetryable: true, details });
    };
    return { tookMs, give };
  }

  /** A what-if may have a service refuse its first calls, as services do that are asked too often. */
  #refuseFirst(calls: readonly TapeCall[], activity: string): void {
    const uses = calls.filter((call) => call.activity === activity).flatMap((call) => call.uses);
    const fault = this.#faults.find((one) => one.times > 0 && uses.includes(one.uses));
    if (!fault) return;
    fault.times -= 1;
    throw ApplicationFailure.create({
      type: Failure.Transient,
      message: `ThrottlingException: ${fault.uses} is asked too often (what-if)`,
    });
  }

  async #people(run: TapeRun | undefined, runId: string, asked: TapeAsked) {
    const key = `${runId} ${asked.kind} ${asked.title}`;
    const times = asked.round === 1 ? (this.#asked.get(key) ?? -1) + 1 : (this.#asked.get(key) ?? 0);
    this.#asked.set(key, times);
    const { commands, because } = run ? answerOf(run, asked, times) : { commands: [], because: 'this run is not on the tape' };
    if (commands.length > 0) return commands;
    const { approveAfterMs, nobody } = this.#options;
    const instead = approveAfterMs === undefined || asked.kind !== 'gate' ? [] : approvals(this.#tape, asked, approveAfterMs);
    if (instead.length === 0) await nobody?.(asked, because ?? 'nobody decided it on the tape');
    return instead;
  }

  /** A rest is no call on the tape, yet it takes its time. */
  #rest(ms: number, at: number): Given {
    this.#clock.rest(ms, at);
    return given(undefined, ms);
  }

  #runOf({ runId, workflow }: Asked): TapeRun | undefined {
    const suffix = runId.startsWith(this.#options.runId) ? runId.slice(this.#options.runId.length) : runId;
    const { runs } = this.#tape;
    return runs.find((run) => run.suffix === suffix) ?? (suffix === '' ? this.#root : runs.find((run) => run.workflow === workflow));
  }

  #evidence({ activity, at, tookMs, attempts }: TapeCall, now: number): EvidenceEntry {
    const outcome = `answered from the tape: recorded at ${at}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    return { at: new Date(now).toISOString(), tool: 'muster', call: activity, kind: 'read', outcome, ok: true, ms: tookMs, attempt: 1 };
  }

  /** Run ids, titles and times as they were on the tape. */
  #asRecorded(value: unknown): unknown {
    const said = JSON.stringify(value).replaceAll(this.#options.runId, this.#root.outcome.runId);
    const text = [...this.#renames].reduce((all, [recorded, now]) => all.replaceAll(now, recorded), said);
    return carryTimes(JSON.parse(text.replace(/TAPE: |TAPE, nothing happens\. /g, '')), this.#startedAt, (time) =>
      this.#clock.recorded(time),
    );
  }

  #asPlayed(value: unknown): unknown {
    const text = JSON.stringify(value);
    if (text === undefined) return undefined;
    const said = text.replaceAll(this.#root.outcome.runId, this.#options.runId);
    return JSON.parse([...this.#renames].reduce((all, [recorded, now]) => all.replaceAll(recorded, now), said)) as unknown;
  }
}
