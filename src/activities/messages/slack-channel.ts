import { z } from 'zod';
import { finding, sentenceOf, verdictOf } from '../kit/index.ts';
import { afterEffect, answered } from './sink.ts';
import { type SlackApi, SlackRefusal } from './slack-api.ts';

const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  topic: z.object({ value: z.string() }).optional(),
  purpose: z.object({ value: z.string() }).optional(),
});
type Channel = z.infer<typeof channelSchema>;
const createdSchema = z.object({ channel: channelSchema });

const longestName = 76;
const longestTopic = 250;
const mostNames = 5;

export interface WantedChannel {
  /** With or without its `#`. */
  name: string;
  topic: string;
  /** Makes the channel known again. */
  number: string;
  title: string;
  /** An earlier try may have left a channel behind that has no purpose yet. */
  unsure: boolean;
}

/** Opens an incident's own channel, or finds it again; a name that is taken gets `-2`, `-3`, …. */
export async function openChannel(slack: SlackApi, wanted: WantedChannel): Promise<{ id: string; name: string }> {
  const base = cleanName(wanted.name);
  const channel = await createOrFind(slack, base, wanted);
  const [purpose, topic] = [`${wanted.number}: ${wanted.title}`, wanted.topic].map((text) => text.slice(0, longestTopic)) as [
    string,
    string,
  ];
  await afterEffect(async () => {
    if (!channel.purpose?.value.includes(wanted.number))
      await describe(slack, 'conversations.setPurpose', { channel: channel.id, purpose });
    if (channel.topic?.value !== topic) await describe(slack, 'conversations.setTopic', { channel: channel.id, topic });
  });
  return { id: channel.id, name: channel.name };
}

/** A channel that cannot be described is still one to talk in. */
async function describe(slack: SlackApi, method: string, asked: object): Promise<void> {
  try {
    await slack.post(method, asked);
  } catch (error) {
    if (verdictOf(error) !== 'permanent') throw error;
    finding(`Slack: ${method}`, sentenceOf(error));
  }
}

async function createOrFind(slack: SlackApi, base: string, wanted: WantedChannel): Promise<Channel> {
  let name = base;
  for (let tries = 0; ; tries++) {
    try {
      return answered(createdSchema, await slack.post('conversations.create', { name }), 'Slack').channel;
    } catch (error) {
      if (!(error instanceof SlackRefusal) || error.reason !== 'name_taken' || tries === mostNames) throw error;
    }
    const alike = await channelsLike(slack, base);
    const ours = alike.find((channel) => isOurs(channel, wanted)) ?? (wanted.unsure ? alike.find(isBare) : undefined);
    if (ours) return ours;
    name = freeName(base, new Set([...alike.map((channel) => channel.name), name]));
  }
}

/** The id of a channel by its name, if the list has it. */
export async function channelId(slack: SlackApi, name: string): Promise<string | undefined> {
  const bare = name.replace(/^#/, '');
  for await (const channel of everyChannel(slack)) if (channel.name === bare) return channel.id;
  return undefined;
}

async function channelsLike(slack: SlackApi, base: string): Promise<Channel[]> {
  const alike: Channel[] = [];
  for await (const channel of everyChannel(slack)) if (channel.name.startsWith(base)) alike.push(channel);
  return alike;
}

function everyChannel(slack: SlackApi): AsyncGenerator<Channel> {
  return slack.list('conversations.list', { types: 'public_channel', limit: '1000' }, z.array(channelSchema), 'channels');
}

function isOurs({ topic, purpose }: Channel, { number }: WantedChannel): boolean {
  return [topic, purpose].some((text) => text?.value.includes(number));
}

/** Created, and then nothing more: an earlier try of ours got no further. */
function isBare({ topic, purpose }: Channel): boolean {
  return !topic?.value && !purpose?.value;
}

function freeName(base: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}

function cleanName(name: string): string {
  return name
    .replace(/^#/, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .slice(0, longestName);
}
