import type { Due } from './clocks.ts';
import { declare, dismiss } from './decisions.ts';
import { sendUpdate } from './notices.ts';
import { postToTeam, reach } from './post.ts';
import { readers } from './policy.ts';
import { breakPromise, leavesByItself, openPromise, settle } from './promises.ts';
import { nameOf, now, severityOf, tell } from './record.ts';
import { sayHour, sayMoment } from './time.ts';
import type { Incident } from './view.ts';
import { capital, draft, headline, write } from './words.ts';

/** Does what is due, on the record; what takes time (a reading) is left to the workflow. */
export function perform(incident: Incident, due: Due): void {
  const { act } = due;
  incident.done[due.key] = now();
  switch (act.kind) {
    case 'declare':
      return declare(incident, 'policy', 'its alerts go on');
    case 'withdraw':
      return dismiss(incident, 'policy', 'all of its alerts are cleared, and nobody had acknowledged it');
    case 'respond':
      return warn(incident, `nobody has acknowledged within the time of ${incident.severity}`);
    case 'overdue':
      return warn(incident, `not resolved within the time of ${incident.severity}`);
    case 'rung':
      return escalate(incident, act, due.key);
    case 'remind':
      return remind(incident, act.audience);
    case 'update':
      return update(incident, act.audience);
    case 'nag': {
      incident.done[`nagged/${act.role}`] = now();
      delete incident.done[due.key];
      const { title, to = [] } = incident.policy.roles.find(({ name }) => name === act.role)!;
      const text = `${headline(incident)}: nobody is ${title} yet. Assign one.`;
      postToTeam(incident, text, `no ${act.role}`);
      return reach(incident, to, { subject: text, text }, `no ${act.role}`);
    }
    case 'review':
      return remindReview(incident, act.review, act.overdue);
    case 'action': {
      countUp(incident, `action/${act.action}`);
      const { text, owner, dueAt } = incident.actions.find(({ id }) => id === act.action)!;
      const said = `${headline(incident)}: action item "${text}" of ${nameOf(incident, owner)} is due since ${sayMoment(dueAt)}.`;
      return postToTeam(incident, said, 'action item', { everybody: true });
    }
    case 'reading':
      return;
  }
}

/** How often it was reminded of: the clocks count from it. */
function countUp({ done }: Incident, name: string): void {
  done[name] = String(Number(done[name] ?? 0) + 1);
}

function warn(incident: Incident, what: string): void {
  tell(incident, 'clock', capital(what));
  postToTeam(incident, `${headline(incident)}: ${what}.`, 'clock', { everybody: true });
}

function escalate(incident: Incident, { rung, because }: Extract<Due['act'], { kind: 'rung' }>, key: string): void {
  const to = rung.to.map((name) => incident.policy.contacts[name]?.title ?? name).join(', ');
  const why = `${because}${rung.because ? `; ${rung.because}` : ''}`;
  tell(incident, 'clock', `Escalated to ${to}: ${why}`);
  const said = write(incident, 'escalation', { rung: `${to}: ${why}` });
  postToTeam(incident, said.text, `escalation to ${to}`);
  reach(incident, rung.to, said, `escalation to ${to}`, key);
}

function remind(incident: Incident, audience: 'internal' | 'customers'): void {
  const { dueAt } = openPromise(incident, audience)!;
  const itself = leavesByItself(incident, audience) ? ' and leaves by itself then' : '';
  const text = `${headline(incident)}: the update to ${readers[audience]} is due at ${sayHour(dueAt)}${itself}. It would say:\n${draft(incident, audience, dueAt).text}`;
  postToTeam(incident, text, `reminder of the update to ${readers[audience]}`);
}

function update(incident: Incident, audience: 'internal' | 'customers'): void {
  const policy = severityOf(incident).updates[audience]!;
  const { dueAt } = openPromise(incident, audience)!;
  if (leavesByItself(incident, audience)) {
    settle(incident, audience, 'policy', { onTheMark: true });
    sendUpdate(incident, audience, draft(incident, audience, dueAt));
    tell(incident, 'update', `Update to ${readers[audience]}, as the policy says`);
  } else {
    breakPromise(incident, audience);
    const text = `${headline(incident)}: the update to ${readers[audience]} that was due at ${sayHour(dueAt)} was not sent.`;
    tell(incident, 'clock', `The update to ${readers[audience]} due at ${sayHour(dueAt)} was not sent`);
    postToTeam(incident, text, 'late update');
    reach(incident, policy.lateTo, { subject: text, text }, 'late update');
  }
}

function remindReview(incident: Incident, name: string, overdue: boolean): void {
  const { title, dueAt } = incident.reviews.find((review) => review.name === name)!;
  if (overdue) countUp(incident, `review/${name}`);
  const text = `${headline(incident)}: ${title} is ${overdue ? 'overdue since' : 'due at'} ${sayMoment(dueAt)}.`;
  tell(incident, 'review', `${title} is ${overdue ? 'overdue' : 'due soon'}`);
  postToTeam(incident, text, `review ${name}`);
  reach(incident, incident.policy.reviews.find((review) => review.name === name)!.to, { subject: text, text }, `review ${name}`);
}
