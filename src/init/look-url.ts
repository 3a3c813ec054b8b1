import { Resolver } from 'node:dns/promises';
import type { Health } from './answers.ts';
import type { Finding } from './read-program.ts';
import { duration } from '../words/durations.ts';

/** Where services commonly say that they are well, the plainest first. */
const usualPaths = ['/health', '/healthz', '/readyz', '/ready', '/health/live', '/api/health', '/actuator/health', '/status', '/-/healthy'];
const limit = 3_000;

/** Asks a url by GET where it says that it is well. */
export async function lookForHealth(url: string): Promise<{ health: Health | undefined; finding: Finding }> {
  if (!/^https?:\/\//.test(url)) return { health: undefined, finding: { found: false, says: `${url} is a reference: it was not asked` } };
  const answers = await Promise.all(usualPaths.map((path) => answerOf(url, path)));
  const index = answers.findIndex((answer) => typeof answer === 'object');
  const answer = answers[index];
  if (typeof answer === 'object') {
    const health = { path: usualPaths[index]!, body: telling(answer.body) };
    return { health, finding: { found: true, says: `${url}${health.path} answers 200${sayBody(health.body)}` } };
  }
  const status = answers.find((each) => typeof each === 'number');
  const says =
    status === undefined
      ? `${url} does not answer within ${duration(limit)}: it was not seen how it says that it is well`
      : `${url} answers, and none of ${usualPaths.join(', ')} with 200 (${status} for one)`;
  return { health: undefined, finding: { found: false, says } };
}

const sayBody = (body: Health['body']) => (body === undefined ? '' : ` with ${JSON.stringify(body)}`);

/** Its body when it is 200, its status when it is another, undefined when nothing answers. */
async function answerOf(url: string, path: string): Promise<{ body: string } | number | undefined> {
  try {
    const answer = await fetch(`${url.replace(/\/+$/, '')}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(limit) });
    const body = (await answer.text()).slice(0, 10_000);
    return answer.status === 200 ? { body } : answer.status;
  } catch {
    return undefined;
  }
}

/** The part of a JSON answer that says that it is well; undefined when there is none that one could know. */
function telling(text: string): Health['body'] {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (said === null || typeof said !== 'object') return undefined;
  const well = (value: unknown) => value === true || (typeof value === 'string' && /^(ok|up|healthy|pass|ready|alive)$/i.test(value));
  const [found] = Object.entries(said).filter(([key, value]) => /^(status|ready|healthy|ok|state)$/i.test(key) && well(value));
  return found && { [found[0]]: found[1] as string | boolean };
}

/** Asks the name servers where a url leads. */
export async function lookUpName(url: string): Promise<Finding> {
  const host = URL.canParse(url) ? new URL(url).hostname : undefined;
  if (host === undefined || /^[\d.]+$|^\[|^localhost$/.test(host)) return { found: false, says: `${url} has no name that DNS could know` };
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  const asked = await Promise.allSettled([resolver.resolveCname(host), resolver.resolve4(host)]);
  const [cname, addresses] = asked.map((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (cname!.length + addresses!.length === 0) return { found: false, says: `DNS knows no address of ${host}, or does not answer` };
  return { found: true, says: `${host} leads to ${[...cname!, ...addresses!].slice(0, 4).join(', ')}` };
}
