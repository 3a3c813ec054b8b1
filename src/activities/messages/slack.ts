import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Links, Post } from '../../workflows/incident/messages.ts';
import { gateForSlack, type GateForSlack } from '../../words/gate-for-slack.ts';
import { deliver } from './deliver.ts';
import { currentStep, failure, notify, redact, redactText, resolved, resolvedSecret, short, under } from '../kit/index.ts';
import { delivers, type Sending } from './sink.ts';
import { goodSlack, plainForSlack, SlackApi, SlackRefusal } from './slack-api.ts';
import { channelId, openChannel } from './slack-channel.ts';

const longestText = 3_000;
const longestPost = 4_000;
const blocksDepth = 16;
type SlackPost = Extract<Post, { sink: 'slack' }>;
type TextPost = Extract<SlackPost, { act: 'post' }>;

/** Slack's Web API; `url` is its base, e.g. https://slack.com/api. */
export function slackActivities({ notify: { slack }, incidents }: Environment) {
  const standing = incidents?.policy.channels.internal ?? slack?.channel ?? '';
  return {
    /** Posts to the environment's channel, a gate with what decides it. Slack cannot tell repeats apart, so one that may be a repeat says so. */
    notifySlack: notify(async ({ text, gate }: { text: string; gate?: GateForSlack }) => {
      if (!slack) throw failure(Failure.InvalidInput, 'this environment has no Slack');
      const message = (said: string) => ({
        channel: slack.channel,
        text: short(plainForSlack(redactText(said)), longestText),
        ...{ parse: 'none', link_names: false },
        client_msg_id: currentStep().operationId,
        ...(gate && slack.decisions ? { blocks: redact(gateForSlack(gate, short(said, longestText)).blocks, blocksDepth) } : {}),
      });
      await deliver({
        method: 'POST',
        url: under(resolved(slack.url), '/chat.postMessage'),
        headers: { authorization: `Bearer ${resolvedSecret(slack.token)}` },
        body: message(text),
        repeated: message(`(may be a repeat) ${text}`),
        check: goodSlack,
      });
    }),

    /** Opens an incident's channel, or posts a message of it. */
    deliverSlack: delivers<SlackPost>(async (sending) => {
      if (!slack) throw failure(Failure.InvalidInput, 'this environment has no Slack');
      const api = new SlackApi(resolved(slack.url), resolvedSecret(slack.token));
      const { post, incident } = sending;
      if (post.act === 'post') return postText(api, standing, { ...sending, post });
      const [topic, title] = [post.topic, incident.title].map((text) => plainForSlack(redactText(text))) as [string, string];
      return {
        channel: await openChannel(api, { name: post.name, topic, title, number: incident.number, unsure: sending.unsure === true }),
      };
    }),
  };
}

async function postText(api: SlackApi, standing: string, sending: Sending<TextPost>): Promise<Partial<Links>> {
  const { incident, id, post, say } = sending;
  const channel = channelOf(sending, standing);
  const arrived = sending.unsure ? await hasArrived(api, channel, incident.number, id) : false;
  if (arrived === true) return {};
  const message = {
    channel,
    text: plainForSlack(say(post.text, longestPost, arrived === undefined)),
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    client_msg_id: uuidOf(`${incident.number}/${id}`),
    metadata: { event_type: 'muster_message', event_payload: { incident: incident.number, message: id } },
  };
  try {
    await api.post('chat.postMessage', message);
  } catch (error) {
    // Somebody archived or removed the incident's own channel: what is said must still be seen.
    if (post.channel !== 'incident' || !isGone(error)) throw error;
    await api.post('chat.postMessage', { ...message, channel: resolved(standing) });
  }
  return {};
}

function channelOf({ post: { channel }, links }: Sending<TextPost>, standing: string): string {
  if (channel === 'incident' && links.channel) return links.channel.id;
  return resolved(channel === 'incident' || channel === 'internal' ? standing : channel);
}

function isGone(error: unknown): boolean {
  return error instanceof SlackRefusal && ['is_archived', 'channel_not_found', 'not_in_channel'].includes(error.reason);
}

const messageSchema = z.object({ metadata: z.object({ event_payload: z.record(z.string(), z.unknown()) }).optional() });

/** Whether a message is in its channel already; undefined when Slack does not let us look. */
async function hasArrived(api: SlackApi, channel: string, incident: string, id: string): Promise<boolean | undefined> {
  // What is said to one person stands in no channel.
  if (/^@|^[UWD][A-Z0-9]{6,}$/.test(channel)) return undefined;
  try {
    const known = /^[CG][A-Z0-9]{6,}$/.test(channel) ? channel : await channelId(api, channel);
    if (known === undefined) return undefined;
    const asked = { channel: known, limit: '200', include_all_metadata: 'true' };
    for await (const { metadata } of api.list('conversations.history', asked, z.array(messageSchema), 'messages')) {
      if (metadata?.event_payload.incident === incident && metadata.event_payload.message === id) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof SlackRefusal && error.status === 400) return undefined;
    throw error;
  }
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
