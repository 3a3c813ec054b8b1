import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { EvidenceEntry } from '../record/evidence.ts';
import type { PastRun } from '../runs/past-runs.ts';
import type { TapeCall, TapeSaid } from './tape.ts';

type Event = NonNullable<PastRun['history']['events']>[number];
type Payloads = { payloads?: Payload[] | null } | null | undefined;

/** The plain values of a list of payloads. */
export const valuesOf = (of: Payloads): unknown[] => (of?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));

const timeOf = ({ eventTime }: Event): number => Number(eventTime?.seconds ?? 0) * 1_000 + Math.round((eventTime?.nanos ?? 0) / 1e6);
const iso = (time: number): string => new Date(time).toISOString();

/** What a scheduled activity came to. */
interface Ended {
  at: number;
  outcome: TapeCall['outcome'];
  evidence: readonly EvidenceEntry[];
}

/** Every activity of a run that has answered, in the order in which they were asked; bookkeeping of the archive is left out. */
export function callsOf({ history }: PastRun): TapeCall[] {
  const events = history.events ?? [];
  const ended = new Map(events.flatMap((event, index) => endOf(event, noticedAt(events, index))));
  const attempts = new Map(
    events.flatMap(({ activityTaskStartedEventAttributes: started }) =>
      started ? [[Number(started.scheduledEventId), started.attempt ?? 1] as const] : [],
    ),
  );
  return events.flatMap((event): TapeCall[] => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const id = Number(event.eventId);
    const end = ended.get(id);
    const activity = scheduled?.activityType?.name;
    if (!scheduled || !end || !activity || activity === 'archiveRun') return [];
    return [
      {
        ...{ activity, step: stepOf(scheduled.header?.fields?.['muster-step']), args: valuesOf(scheduled.input) },
        ...{ at: iso(timeOf(event)), tookMs: Math.max(0, Math.round(end.at - timeOf(event))), attempts: attempts.get(id) ?? 1 },
        ...{ uses: usesOf(end.evidence), outcome: end.outcome },
      },
    ];
  });
}

/** When the run took notice: it may have had no worker meanwhile, and customers waited for that too. */
function noticedAt(events: readonly Event[], index: number): number {
  const next = events.find((event, after) => after > index && event.workflowTaskStartedEventAttributes);
  return timeOf(next ?? events[index]!);
}

function endOf(event: Event, at: number): [number, Ended][] {
  const { activityTaskCompletedEventAttributes: done, activityTaskFailedEventAttributes: failed } = event;
  const { activityTaskTimedOutEventAttributes: late } = event;
  if (done) {
    const [answer] = valuesOf(done.result) as [{ musterEnvelope?: 1; result?: unknown; evidence?: EvidenceEntry[] } | undefined];
    const value = answer?.musterEnvelope ? answer.result : answer;
    return [
      [
        Number(done.scheduledEventId),
        { at, outcome: { is: 'result', ...(value === undefined ? {} : { value }) }, evidence: answer?.evidence ?? [] },
      ],
    ];
  }
  if (failed) {
    const info = failed.failure?.applicationFailureInfo;
    const [left] = valuesOf(info?.details) as [{ musterEvidence?: EvidenceEntry[] } | undefined];
    const said = { type: info?.type ?? 'Error', message: failed.failure?.message ?? 'no reason given' };
    const outcome = { is: 'failure', ...said, nonRetryable: info?.nonRetryable ?? false } as const;
    return [[Number(failed.scheduledEventId), { at, outcome, evidence: left?.musterEvidence ?? [] }]];
  }
  if (!late) return [];
  const why = { is: 'failure', type: 'UnknownOutcome', message: 'no answer in time', nonRetryable: true } as const;
  return [[Number(late.scheduledEventId), { at, outcome: why, evidence: [] }]];
}

function stepOf(header: Payload | null | undefined): string {
  if (!header) return '';
  const { step, title } = defaultPayloadConverter.fromPayload<{ step: string; title: string }>(header);
  return step === '-' ? '' : title;
}

/** `rds:PromoteReadReplica` speaks to `rds`; what is not AWS is known by its tool. */
function usesOf(evidence: readonly EvidenceEntry[]): string[] {
  const names = evidence
    .filter(({ tool }) => tool !== 'muster')
    .map(({ tool, call }) => (tool === 'aws' ? /^([\w-]+):[A-Z]/.exec(call)?.[1] : tool));
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

const spoken: ReadonlySet<string> = new Set<TapeSaid['verb']>([
  ...(['approve', 'decline', 'retryStep', 'skipStep', 'undo', 'abort', 'pause', 'resume', 'note'] as const),
]);

/** Everything that people told a run, by update or by signal; what arrived both ways counts once. */
export function saidIn({ history }: PastRun): TapeSaid[] {
  const heard = new Set<string>();
  return (history.events ?? []).flatMap((event): TapeSaid[] => {
    const asked = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    const signal = event.workflowExecutionSignaledEventAttributes;
    const verb = asked?.name ?? signal?.signalName ?? '';
    if (!spoken.has(verb)) return [];
    const [command] = valuesOf(asked?.args ?? signal?.input) as [Partial<TapeSaid> & { id?: string; text?: string }];
    if (command?.id !== undefined && heard.has(command.id)) return [];
    if (command?.id !== undefined) heard.add(command.id);
    const { by = 'somebody', gate, digest, comment, step, reason, how } = command ?? {};
    const all = { gate, digest, comment, step, reason, how };
    const there = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return [{ verb: verb as TapeSaid['verb'], by, at: iso(timeOf(event)), ...there }];
  });
}

/** Of ParentClosePolicy; a run that goes on by itself is no step. */
const requestCancel = 3;

/** Runs that a run performed as steps of its own, by their ids. */
export function childrenOf({ history }: PastRun): string[] {
  return (history.events ?? []).flatMap(({ startChildWorkflowExecutionInitiatedEventAttributes: child }) =>
    child?.workflowId && Number(child.parentClosePolicy) === requestCancel ? [child.workflowId] : [],
  );
}
