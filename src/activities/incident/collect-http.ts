import type { Environment } from '../../config/environment.ts';
import { named, redactText, requestGood, resolved, under } from '../kit/index.ts';

const mostBytes = 8 * 1024 * 1024;
const timeoutMs = 15_000;

/** What an address answers now, without secrets. Throws when the answer is not good or longer than 8 MB. */
export async function fetchText(url: string): Promise<string> {
  const { text } = await requestGood({ url: resolved(url), kind: 'read', timeoutMs, maxBytes: mostBytes });
  return redactText(text);
}

/** The log of a service in a region, from where the validation looks too. Throws when the environment does not say where that is. */
export async function logsOf(environment: Environment, { service, region }: { service: string; region: string }): Promise<string> {
  const { regions, validation } = named(environment.services, service, 'service');
  const path = validation?.logs?.path;
  if (path === undefined)
    throw new Error(`the environment does not say where logs of ${service} are (services.${service}.validation.logs)`);
  return fetchText(under(resolved(named(regions, region, `service ${service} in the region`).url), path));
}
