import { countKept } from '../workflows/incident/promises.ts';
import type { Post } from '../workflows/incident/messages.ts';
import type { Promised } from '../workflows/incident/view.ts';
import type { IncidentContents } from './incident-content.ts';
import type { Cell, Section } from './section.ts';
import { count } from '../words/amounts.ts';
import { duration } from '../words/durations.ts';
import { dateAndTime } from '../words/times.ts';
import { runMarks } from '../words/states.ts';

type Sections = (contents: IncidentContents) => Section;

const when = (at: string | undefined): string => (at === undefined ? '' : dateAndTime(at));
const between = (from: string | undefined, to: string | undefined): Cell =>
  from === undefined || to === undefined ? '' : duration(Math.max(0, Date.parse(to) - Date.parse(from)));

/** When it began, was noticed, taken up, mitigated and resolved, and how long each took. */
export const times: Sections = ({ incident: { milestones: at } }) => ({
  id: 'times',
  title: 'Times',
  columns: ['What', 'At', 'Took', 'Counted from'],
  rows: [
    ['It began', when(at.startedAt)],
    ['Muster heard of it (time to detect)', when(at.detectedAt), between(at.startedAt, at.detectedAt), 'its beginning'],
    ['Declared', when(at.declaredAt) || 'never', between(at.detectedAt, at.declaredAt), 'when Muster heard of it'],
    [
      'Acknowledged (time to acknowledge)',
      when(at.acknowledgedAt) || 'never',
      between(at.detectedAt, at.acknowledgedAt),
      'when Muster heard of it',
    ],
    ['Mitigated (time to mitigate)', when(at.mitigatedAt) || 'never', between(at.startedAt, at.mitigatedAt), 'its beginning'],
    ['Resolved (time to resolve)', when(at.resolvedAt) || 'never', between(at.startedAt, at.resolvedAt), 'its beginning'],
    ['Closed', when(at.closedAt) || 'not yet', between(at.resolvedAt, at.closedAt), 'when it was resolved'],
  ],
});

const audiences = ['internal', 'customers'] as const;
const audienceWords = { internal: 'the company', customers: 'customers' };

/** Every update that was promised, and whether it was kept. */
export const promises: Sections = ({ incident: { promises: all, kept, until } }) => ({
  id: 'promises',
  title: 'Updates that were promised',
  sentences: audiences
    .filter((audience) => kept[audience].due > 0)
    .map((audience) => `To ${audienceWords[audience]}: ${kept[audience].kept} of ${kept[audience].due} kept.`),
  columns: ['To', 'Due', 'Sent', 'By', 'Kept?'],
  rows: audiences.flatMap((audience) =>
    all[audience].map((promised) => [
      ...[audienceWords[audience], when(promised.dueAt), when(promised.sentAt), promised.by],
      keptWords(promised, until),
    ]),
  ),
  none: 'No update was promised.',
});

function keptWords(promised: Promised, until: string): Cell {
  const { due, kept } = countKept([promised], until);
  if (due === 0) return { said: '− not due yet', as: 'unsure' };
  if (kept === 1) return { said: '✔ kept', as: 'good' };
  return { said: promised.sentAt === undefined ? '✖ never sent' : '✖ late', as: 'bad' };
}

export const people: Sections = ({ incident: { roles, people: known } }) => ({
  id: 'people',
  title: 'People',
  columns: ['Role', 'Who', 'Since'],
  rows: Object.entries(roles).map(([role, held]) => [
    ...[role, held ? (known.find(({ subject }) => subject === held.subject)?.name ?? held.subject) : 'nobody'],
    when(held?.since),
  ]),
  none: 'The environment has no roles.',
});

export const runs: Sections = ({ incident: { runs: all } }) => ({
  id: 'runs',
  title: 'Runs of this incident',
  columns: ['Run', 'What', 'Mode', 'Began', 'Took', 'Ended as', 'Started by'],
  rows: all.map(({ runId, title, mode, startedAt, endedAt, state, startedBy }) => [
    ...[runId, title, mode, when(startedAt)],
    endedAt === undefined ? 'still open' : between(startedAt, endedAt),
    ...[runMarks[state].word, startedBy],
  ]),
  none: 'No run was started from this incident.',
});

const verdicts: Record<'good' | 'bad' | 'unknown', Cell> = {
  good: { said: '✔ good', as: 'good' },
  bad: { said: '✖ bad', as: 'bad' },
  unknown: { said: '? unknown', as: 'unsure' },
};

export const verification: Sections = ({ incident: { verification: lines, stability } }) => ({
  id: 'verification',
  title: 'Verification',
  sentences: stability
    ? [
        `Stability was watched from ${when(stability.since)} to ${when(stability.until)}: ${count(stability.readings, 'round of readings', 'rounds of readings')}.`,
      ]
    : [],
  columns: ['Line', 'Verdict', 'What was seen', 'At', 'Attested by'],
  rows: lines.map(({ name, verdict, detail, at, attestedBy }) => [name, verdicts[verdict], detail, when(at), attestedBy]),
  none: 'Nothing was verified.',
});

export const leftovers: Sections = ({ incident: { leftovers: all } }) => ({
  id: 'leftovers',
  title: 'What was left behind',
  columns: ['Kind', 'What', 'Run that answers for it'],
  rows: all.map(({ kind, what, runId }) => [kind, what, runId]),
  none: 'Nothing: no mitigation is in force, no delivery is on hold, no run is open.',
});

export const origins: Sections = ({ incident: { alerts, changes, similar } }) => ({
  id: 'origins',
  title: 'Alerts, changes before it, and incidents like it',
  columns: ['At', 'What', 'From'],
  rows: [
    ...alerts.map(({ startsAt, endsAt, summary }) => [
      when(startsAt),
      `${summary} (${endsAt ? `cleared ${when(endsAt)}` : 'not cleared'})`,
      'alert',
    ]),
    ...changes.map(({ at, what, source }) => [when(at), what, source]),
    ...similar.map(({ number, title, cause, resolvedAt }) => [when(resolvedAt), `${title}${cause ? `; its cause: ${cause}` : ''}`, number]),
  ],
  none: 'No alert, no change and no incident like it is known.',
});

export const after: Sections = ({ incident: { reviews, actions, closing } }) => ({
  id: 'after',
  title: 'Afterwards',
  columns: ['What', 'Due', 'Done', 'By', 'Notes'],
  rows: [
    ...reviews.map(({ title, dueAt, doneAt, by, notes }) => [title, when(dueAt), doneOr(doneAt), by, notes]),
    ...actions.map(({ text, dueAt, doneAt, owner }) => [text, when(dueAt), doneOr(doneAt), owner, 'action item']),
    ...closing.map(({ title, done, at, by, note }) => [title, '', done ? { said: `✔ ${when(at)}`, as: 'good' as const } : open, by, note]),
  ],
  none: 'Nothing is to be done.',
});
const open: Cell = { said: '− open', as: 'unsure' };
const doneOr = (at: string | undefined): Cell => (at === undefined ? open : { said: `✔ ${when(at)}`, as: 'good' });

/** Lines are never rewritten; what people said about a line later stands below it. */
export const timeline: Sections = ({ timeline: lines }) => ({
  id: 'timeline',
  title: 'Timeline',
  columns: ['At', 'Kind', 'What', 'By'],
  rows: lines
    .filter(({ on }) => on === undefined || !lines.some(({ id }) => id === on))
    .flatMap((line) => [line, ...lines.filter(({ on }) => on === line.id).map((note) => ({ ...note, text: `↳ ${note.text}` }))])
    .map(({ at, kind, text, by }) => [when(at), kind, text, by]),
  none: 'Nothing is on it.',
});

export const messages: Sections = ({ messages: all }) => ({
  id: 'messages',
  title: 'Messages',
  columns: ['Due', 'To', 'About', 'State', 'Text', 'Problem'],
  rows: all.map(({ dueAt, post, about, state, sentAt, late: wasLate, problem }) => [
    ...[when(dueAt), `${post.sink}: ${post.act}`, about],
    state === 'sent'
      ? { said: wasLate ? `✔ late, ${when(sentAt)}` : `✔ ${when(sentAt)}`, as: wasLate ? 'unsure' : 'good' }
      : { said: state === 'waiting' ? '− waits' : '✖ given up', as: 'bad' },
    ...[textOf(post), problem],
  ]),
  none: 'None.',
});

function textOf(post: Post): string {
  if ('text' in post) return post.text;
  if ('body' in post) return `${post.status}: ${post.title}\n${post.body}`;
  return 'summary' in post ? post.summary : `${post.name}: ${post.topic}`;
}

export const evidence: Sections = ({ incident: { archive, build } }) => ({
  id: 'evidence',
  title: 'Evidence',
  sentences: [
    archive?.bundle === undefined
      ? 'No evidence was collected.'
      : `Logs, metrics, configuration, timeline and commands: ${archive.bundle}.`,
    `Written by Muster ${build.version}, Node ${build.node}.`,
  ],
  columns: ['Could not be had'],
  rows: (archive?.problems ?? []).map((problem) => [problem]),
});

/** Every part, in the order in which it is read. */
export const sections: readonly Sections[] = [
  ...[times, promises, people, runs, verification, leftovers],
  ...[origins, after, timeline, messages, evidence],
];
