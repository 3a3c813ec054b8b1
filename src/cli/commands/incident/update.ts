import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import type { IncidentCommands } from '../../../workflows/incident/commands.ts';
import type { OutgoingMessage } from '../../../workflows/incident/messages.ts';
import { audiences, type Audience } from '../../../workflows/incident/policy.ts';
import type { IncidentView } from '../../../workflows/incident/view.ts';
import { askDecision } from '../../ask.ts';
import { CliError, exitCodes } from '../../exit.ts';
import { withIncidents } from '../../output.ts';
import { indented } from '../../view/words.ts';
import { verb } from './signals.ts';
import { whichIncident } from '../../which.ts';
import { printAnswer, saidIn, withSaid } from './tell.ts';

type Update = IncidentCommands['update'];
interface UpdateOptions extends Partial<Record<string, string | boolean>> {
  to: Audience;
  text?: string;
  status?: NonNullable<Update['status']>;
  yes?: boolean;
}

/** `muster incident update`: shows the messages that would leave, and asks. */
export function registerUpdate(incident: Command): void {
  const command = verb(
    incident,
    'update <incident>',
    'send an update: shows what would leave and asks',
    ...[
      'update INC --to internal --progress "the standby is being promoted"',
      'update INC --to customers --status identified --eta 10:30 --yes',
    ],
  )
    .addOption(new Option('--to <audience>', 'who reads it').choices(audiences).default('internal'))
    .option('--text <text>', 'send exactly this instead of the draft')
    .addOption(
      new Option('--status <status>', 'what the status page says').choices(['investigating', 'identified', 'monitoring', 'resolved']),
    )
    .option('-y, --yes', 'do not ask');
  withSaid(command).action((number: string, options: UpdateOptions, own: Command) => update(number, options, own));
}

async function update(incident: string, { to: audience, text, status, yes, ...others }: UpdateOptions, command: Command): Promise<void> {
  const said = saidIn(others);
  const asked: Update = { audience, ...said, ...(text === undefined ? {} : { text }), ...(status === undefined ? {} : { status }) };
  await withIncidents(command, async (incidents, { output }) => {
    const number = await whichIncident(incidents, incident);
    const view = await incidents.view(number);
    const messages = await preview(view, asked);
    process.stderr.write(`${wordsOf(view, audience, messages)}\n`);
    if (!yes) await confirm(number, audience);
    // Once a person has seen a text, it is that text that leaves.
    const seen = yes ? undefined : textIn(messages);
    const answered = await incidents.ask(number, 'update', { ...asked, ...(seen === undefined ? {} : { text: seen }) }, randomUUID());
    printAnswer(output, number, answered, await incidents.me().catch(() => undefined));
  });
}

/** What would leave: the incident's own code, on a copy of its record. */
async function preview(view: IncidentView, asked: Update): Promise<OutgoingMessage[]> {
  const { carryOut } = await import('../../../workflows/incident/asks.ts');
  const copy = structuredClone(view);
  carryOut(copy, { command: 'update', by: '', with: asked });
  return copy.messages.slice(view.messages.length);
}

function wordsOf({ drafts }: IncidentView, audience: Audience, messages: readonly OutgoingMessage[]): string {
  const whom = audience === 'internal' ? 'the team' : 'customers';
  if (messages.length === 0) return `For ${whom} (no sink takes it):\n${indented(drafts[audience].text)}`;
  return messages.map(({ post }) => `${placeOf(post)}:\n${indented(bodyOf(post))}`).join('\n');
}

type Post = OutgoingMessage['post'];

function placeOf(post: Post): string {
  if (post.sink === 'slack')
    return post.act === 'post'
      ? `Slack, ${post.channel === 'internal' ? 'the standing channel' : post.channel === 'incident' ? 'its own channel' : post.channel}`
      : 'Slack';
  if (post.sink === 'statuspage') return `Status page (${post.status}), "${post.title}"`;
  if (post.sink === 'ticket') return 'The ticket, as a comment';
  return post.sink === 'email' ? `Mail to ${post.to}, "${post.subject}"` : 'PagerDuty';
}

const bodyOf = (post: Post): string =>
  'text' in post ? post.text : 'body' in post ? post.body : 'summary' in post ? post.summary : post.topic;

/** The drill's mark is put on anew when it is sent. */
function textIn(messages: readonly OutgoingMessage[]): string | undefined {
  const [first] = messages;
  return first && bodyOf(first.post).replace(/^DRILL: /, '');
}

async function confirm(number: string, audience: Audience): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new CliError('without a terminal nobody can be asked: say --yes to send what is shown', exitCodes.usage);
  if (!(await askDecision(`Send this update of ${number} to ${audience === 'internal' ? 'the team' : 'customers'}?`)))
    throw new CliError('Nothing was sent.', exitCodes.waits);
}
