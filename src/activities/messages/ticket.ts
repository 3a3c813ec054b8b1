import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Post } from '../../workflows/incident/messages.ts';
import { failure, redactText, rememberSecret, resolved, resolvedSecret, short, under } from '../kit/index.ts';
import { Jira } from './jira.ts';
import { delivers, type Sending } from './sink.ts';

const longestTitle = 255;
const longestText = 30_000;
type TicketPost = Extract<Post, { sink: 'ticket' }>;
type Opening = Extract<TicketPost, { act: 'open' }>;

/** Jira's REST API v3; `url` is its base, e.g. https://your-company.atlassian.net. */
export function ticketActivities({ notify: { ticket } }: Environment) {
  return {
    /** Opens the incident's ticket once, comments on it, or closes it where its workflow has a way to do so. */
    deliverTicket: delivers<TicketPost>(async (sending) => {
      if (!ticket) throw failure(Failure.InvalidInput, 'this environment has no ticket system');
      const base = resolved(ticket.url);
      const login = Buffer.from(`${resolved(ticket.user)}:${resolvedSecret(ticket.token)}`).toString('base64');
      const jira = new Jira(base, `Basic ${rememberSecret(login)}`);
      const label = `muster-${sending.incident.number}`;
      const { post } = sending;
      if (post.act === 'open') {
        const key = (await jira.find(ticket.project, label)) ?? (await jira.create(issueOf({ ...sending, post }, { ...ticket, label })));
        return { ticket: { key, url: under(base, `/browse/${encodeURIComponent(key)}`) } };
      }
      const key = sending.links.ticket?.key ?? (await jira.find(ticket.project, label));
      if (key === undefined) throw failure(Failure.Permanent, `there is no ticket of ${sending.incident.number} to write to`);
      if (post.act === 'close') await jira.finish(key);
      const arrived = sending.unsure && (await jira.hasComment(key, sending.id));
      if (!arrived) await jira.comment(key, sending.id, sending.say(post.text, longestText));
      return {};
    }),
  };
}

function issueOf({ post, say }: Sending<Opening>, where: { project: string; issueType: string; label: string }) {
  const title = short(redactText(post.title).replace(/\s+/g, ' '), longestTitle);
  return { ...where, title, text: say(post.text, longestText), priority: post.priority, components: post.components };
}
