import { z } from 'zod';
import { bearer, jsonOf, requestGood, resolved, sentenceOf } from '../kit/index.ts';

/** A switch of one region: GET and PUT { on }, with a token. */
export interface HttpSwitch {
  url: string;
  token: string;
}

export interface SwitchReading {
  region: string;
  /** Null when it cannot be read. */
  on: boolean | null;
  detail: string;
}

const answer = z.object({ on: z.boolean() });
const timeoutMs = 2_000;

/** How one switch is; what cannot be read is neither on nor off. */
export async function readSwitch(region: string, { url, token }: HttpSwitch): Promise<SwitchReading> {
  const asked = { url: resolved(url), headers: bearer(token), kind: 'read', timeoutMs } as const;
  try {
    const parsed = answer.safeParse(jsonOf(await requestGood(asked)));
    if (!parsed.success) return { region, on: null, detail: 'does not say whether it is on' };
    return { region, on: parsed.data.on, detail: parsed.data.on ? 'on' : 'off' };
  } catch (error) {
    return { region, on: null, detail: `cannot be read (${sentenceOf(error)})` };
  }
}

/** All switches at once. */
export function readSwitches(switches: Readonly<Record<string, HttpSwitch>>): Promise<SwitchReading[]> {
  return Promise.all(Object.entries(switches).map(([region, place]) => readSwitch(region, place)));
}

/** Turns a switch on or off; never toggles. */
export async function putSwitch({ url, token }: HttpSwitch, on: boolean): Promise<void> {
  await requestGood({ method: 'PUT', url: resolved(url), headers: bearer(token), body: { on }, kind: 'change', timeoutMs });
}

/** How turning it will look in the evidence. */
export const predictedPut = ({ url }: HttpSwitch, on: boolean) => ({ call: `PUT ${resolved(url)}`, args: { on } });

/** Readings in words. */
export const saySwitches = (readings: readonly SwitchReading[]): string =>
  readings.map(({ region, detail }) => `${region} ${detail}`).join(', ') || 'none';
