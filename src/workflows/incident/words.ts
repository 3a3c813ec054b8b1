import { render, type TemplateField } from './fields.ts';
import type { Audience, TemplateName } from './policy.ts';
import { nameOf, now, serviceOf, severityOf } from './record.ts';
import { later, sayHour, sayMoment } from './time.ts';
import type { ActionItem, Incident, TimelineEntry } from './view.ts';
import { duration } from '../../words/durations.ts';
import { runMarks } from '../../words/states.ts';

export interface Text {
  subject: string;
  text: string;
}

/** Writes a text by the environment's template from the record as it is now. */
export function write(incident: Incident, template: TemplateName, more: Partial<Record<TemplateField, string>> = {}): Text {
  const { subject, text } = incident.policy.templates[template];
  const fields = { ...fieldsOf(incident), ...(template.startsWith('customer') ? toCustomers(incident) : {}), ...more };
  return { subject: render(subject ?? '{drill}[{severity}] {title} ({number})', fields), text: render(text, fields) };
}

/** An update as it would be sent at a moment: what it says of the next one counts from there. */
export function draft(incident: Incident, audience: Audience, sentAt = now()): Text {
  const every = severityOf(incident).updates[audience]?.everyMs;
  const next = every === undefined ? {} : { nextUpdate: sayHour(later(sentAt, every)) };
  return write(incident, audience === 'internal' ? 'internalUpdate' : 'customerUpdate', next);
}

/** `P0 INC-2026-11-21-001 The shop is down`. */
export const headline = ({ severity, number, title }: Incident): string => `${severity} ${number} ${title}`;

/** Every field that a template may name; what nobody has said yet is said to be unknown. */
export function fieldsOf(incident: Incident): Record<TemplateField, string> {
  const { milestones, said, publicStatus, policy } = incident;
  const { startedAt, detectedAt, declaredAt, resolvedAt } = milestones;
  return {
    ...{ number: incident.number, title: incident.title, severity: incident.severity, severityTitle: severityOf(incident).title },
    ...{ service: serviceOf(incident).title, status: capital(publicStatus), STATUS: publicStatus.toUpperCase() },
    impact: incident.impact || 'being assessed',
    eta: said.eta || 'not known yet',
    ...{ started: sayMoment(startedAt), detected: sayMoment(detectedAt) },
    declared: declaredAt ? sayMoment(declaredAt) : 'not yet',
    resolved: resolvedAt ? sayMoment(resolvedAt) : 'not yet',
    duration: duration(Date.parse(resolvedAt ?? now()) - Date.parse(startedAt)),
    now: sayMoment(now()),
    nextUpdate: nextUpdate(incident, 'internal'),
    commander: commanderOf(incident),
    progress: said.progress || progressOf(incident),
    nextSteps: said.nextSteps || nextStepsOf(incident),
    actions: list(doings(incident), 'none yet'),
    cause: said.cause || 'not known yet',
    resolution: said.resolution || 'not resolved yet',
    lessons: said.lessons || 'not written yet',
    users: said.users || 'not known yet',
    data: said.data || 'not known yet',
    runs: list(incident.runs.map(({ title, state, runId }) => `${title}: ${runMarks[state].word} (${runId})`)),
    contact: policy.channels.questions,
    bridge: policy.channels.bridge ?? 'none',
    channel: channelOf(incident),
    ...{ rung: '', waiting: incident.status, summary: incident.status },
    timeline: list(incident.timeline.map(lineOf)),
    actionItems: list(incident.actions.map(itemOf)),
    closing: list(incident.closing.map(({ title, done }) => `[${done ? 'x' : ' '}] ${title}`)),
    metrics: list(metricsOf(incident)),
    drill: incident.drill ? 'DRILL: ' : '',
  };
}

/** Customers read a whole sentence also before anybody has said what they meet. */
const toCustomers = (incident: Incident): Partial<Record<TemplateField, string>> =>
  incident.impact ? {} : { impact: `problems with ${serviceOf(incident).title}` };

/** With a large first letter. */
export const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
const list = (lines: string[], none = 'none'): string => (lines.length === 0 ? none : lines.map((line) => `- ${line}`).join('\n'));

/** Its own channel, also while that is only being opened. */
function channelOf({ links, messages, policy }: Incident): string {
  const asked = messages.flatMap(({ post }) => (post.act === 'open-channel' ? [post.name] : []))[0];
  const name = links.channel?.name ?? asked;
  return name === undefined ? policy.channels.internal : `#${name}`;
}

function commanderOf(incident: Incident): string {
  const role = incident.roles['commander'];
  return role ? nameOf(incident, role.subject) : 'not assigned yet';
}

/** When the next update is promised, in words. */
export function nextUpdate({ promises }: Incident, audience: Audience): string {
  const open = promises[audience].at(-1);
  return open && open.sentAt === undefined && open.dueAt > now() ? sayHour(open.dueAt) : 'when there is news';
}

/** What was done lately, from the record: people need not write it anew. */
function doings({ timeline }: Incident): string[] {
  const shown = timeline.filter(({ kind }) => ['run', 'state', 'severity', 'note'].includes(kind));
  return shown.slice(-5).map(lineOf);
}

function progressOf({ runs, timeline }: Incident): string {
  const run = runs.at(-1);
  if (run) return `${run.title}: ${run.status}`;
  return timeline.filter(({ kind }) => kind === 'note').at(-1)?.text ?? 'The team is investigating.';
}

function nextStepsOf({ runs, state }: Incident): string {
  const open = runs.filter(({ endedAt }) => endedAt === undefined);
  if (open.length > 0) return open.map(({ title }) => `Finish: ${title}`).join('; ');
  if (state === 'mitigated' || state === 'stabilizing') return 'Watch that it stays well.';
  return state === 'resolved' ? 'Review what happened.' : 'Find the cause.';
}

/** `09:31 - ana acknowledges`. */
export const lineOf = ({ at, text }: TimelineEntry): string => `${at.slice(11, 16)} - ${text}`;
const itemOf = ({ text, owner, dueAt, doneAt }: ActionItem): string => `[${doneAt ? 'x' : ' '}] ${text} - ${owner} - ${dueAt.slice(0, 10)}`;

function metricsOf({ milestones: times }: Incident): string[] {
  const from = (start: string | undefined, end: string | undefined, what: string) =>
    start && end ? [`${what}: ${duration(Date.parse(end) - Date.parse(start))}`] : [];
  return [
    ...from(times.startedAt, times.detectedAt, 'time to detect'),
    ...from(times.detectedAt, times.acknowledgedAt, 'time to acknowledge'),
    ...from(times.startedAt, times.mitigatedAt, 'time to mitigate'),
    ...from(times.startedAt, times.resolvedAt, 'time to resolve'),
  ];
}
