import type { Environment } from '../../config/environment.ts';
import { join } from '../kit/index.ts';
import { slackActivities } from './slack.ts';
import { pagerDutyActivities } from './pagerduty.ts';
import { statuspageActivities } from './statuspage.ts';
import { ticketActivities } from './ticket.ts';
import { emailActivities } from './email.ts';

export { goodSlack } from './slack-api.ts';

/** Every activity of this room. */
export const messagesRoom = (environment: Environment) =>
  join(
    slackActivities(environment),
    pagerDutyActivities(environment),
    statuspageActivities(environment),
    ticketActivities(environment),
    emailActivities(environment),
  );

export type SlackTools = ReturnType<typeof slackActivities>;
export type PagerDutyTools = ReturnType<typeof pagerDutyActivities>;
export type StatuspageTools = ReturnType<typeof statuspageActivities>;
export type TicketTools = ReturnType<typeof ticketActivities>;
export type EmailTools = ReturnType<typeof emailActivities>;
