import type { IncidentAsk } from './commands.ts';
import type { Incident, Said } from './view.ts';
import { acknowledge, assign, changeSeverity, declare, dismiss, mitigate, reopen } from './decisions.ts';
import { reachSeverity, sendUpdate, tellClosed } from './notices.ts';
import { readers } from './policy.ts';
import { postToTeam } from './post.ts';
import { settle } from './promises.ts';
import { nameOf, now, tell } from './record.ts';
import { attest, startVerifying } from './verify.ts';
import { draft, headline } from './words.ts';

/** Carries out what was asked and has been checked. */
export function carryOut(incident: Incident, asked: IncidentAsk): void {
  const { by } = asked;
  switch (asked.command) {
    case 'declare': {
      if (asked.with.title !== undefined) incident.title = asked.with.title;
      if (asked.with.severity !== undefined) incident.severity = asked.with.severity;
      return declare(incident, by, 'a person has looked');
    }
    case 'acknowledge':
      return acknowledge(incident, by, asked.channel === 'pagerduty' ? ' in PagerDuty' : '');
    case 'dismiss':
      return dismiss(incident, by, asked.with.reason);
    case 'role':
      return assign(incident, asked.with.role, asked.with.subject, by);
    case 'severity':
      return changeSeverity(incident, asked.with.severity, asked.with.reason, by);
    case 'update':
      return update(incident, asked.with, by);
    case 'say':
      say(incident, asked.with);
      return tell(incident, 'note', `${nameOf(incident, by)}: ${saidAs(asked.with)}`, { by });
    case 'note':
      return tell(incident, 'note', asked.with.text, { by, ...(asked.with.on === undefined ? {} : { on: asked.with.on }) });
    case 'mitigate':
      return mitigate(incident, asked.with.how, asked.with.at ?? now(), by);
    case 'resolve': {
      const { resolution, cause, unfreeze = true } = asked.with;
      say(incident, { resolution, ...(cause === undefined ? {} : { cause }) });
      if (incident.milestones.mitigatedAt === undefined) incident.milestones.mitigatedAt = now();
      incident.done['unfreeze'] = unfreeze ? by : '';
      return startVerifying(incident, by);
    }
    case 'attest':
      return attest(incident, asked.with, by);
    case 'reopen': {
      const wasResolved = incident.state === 'resolved';
      reopen(incident, asked.with.reason, by);
      const text = `${headline(incident)}: open again: ${asked.with.reason}`;
      return wasResolved ? reachSeverity(incident, { subject: text, text }, 'reopened') : undefined;
    }
    case 'review':
      return review(incident, asked.with, by);
    case 'action':
      return action(incident, asked.with, by);
    case 'tick': {
      const line = incident.closing.find(({ name }) => name === asked.with.line)!;
      Object.assign(line, { done: true, by, at: now(), ...(asked.with.note === undefined ? {} : { note: asked.with.note }) });
      return tell(incident, 'review', `${nameOf(incident, by)} ticks "${line.title}"`, { by });
    }
    case 'close':
      Object.assign(incident, { state: 'closed', status: `was closed by ${nameOf(incident, by)}` });
      incident.milestones.closedAt = now();
      tell(incident, 'state', `${nameOf(incident, by)} closes it`, { by });
      return tellClosed(incident, nameOf(incident, by));
  }
}

type Of<Name extends IncidentAsk['command']> = Extract<IncidentAsk, { command: Name }>['with'];

function say(incident: Incident, { impact, ...said }: Partial<Said>): void {
  if (impact !== undefined) incident.impact = impact;
  for (const [name, text] of Object.entries(said)) incident.said[name as keyof Incident['said']] = text;
}

const saidAs = (said: Partial<Said>): string =>
  Object.entries(said)
    .map(([name, text]) => `${name}: ${text}`)
    .join('; ');

function update(incident: Incident, { audience, text, status, ...said }: Of<'update'>, by: string): void {
  say(incident, said);
  if (status !== undefined) incident.publicStatus = status;
  settle(incident, audience, by);
  const drafted = draft(incident, audience);
  sendUpdate(incident, audience, text === undefined ? drafted : { ...drafted, text });
  tell(incident, 'update', `${nameOf(incident, by)} sends an update to ${readers[audience]}${status ? ` (${status})` : ''}`, { by });
}

function review(incident: Incident, { review: name, notes }: Of<'review'>, by: string): void {
  const found = incident.reviews.find((one) => one.name === name)!;
  Object.assign(found, { doneAt: now(), by, notes });
  tell(incident, 'review', `${nameOf(incident, by)} checks off "${found.title}": ${notes}`, { by });
}

function action(incident: Incident, asked: Of<'action'>, by: string): void {
  if ('done' in asked) {
    const item = incident.actions.find(({ id }) => id === asked.done)!;
    item.doneAt = now();
    return tell(incident, 'action', `${nameOf(incident, by)}: "${item.text}" is done`, { by });
  }
  const { text, owner, dueAt } = asked;
  incident.actions.push({ id: `a${incident.nextIds.action++}`, text, owner, dueAt });
  tell(
    incident,
    'action',
    `${nameOf(incident, by)} gives ${nameOf(incident, owner)} an action item: ${text} (until ${dueAt.slice(0, 10)})`,
    { by },
  );
  if (incident.state === 'resolved')
    postToTeam(incident, `${headline(incident)}: action item for ${nameOf(incident, owner)}: ${text}`, 'action item');
}
