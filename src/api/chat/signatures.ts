import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiProblem } from '../errors.ts';
import type { Signature } from '../route.ts';
import { createSeen } from './seen.ts';

const longestAgeS = 300;

/** How PagerDuty signs a webhook (v3): HMAC-SHA256 over the body, once for each secret while one takes the place of another. */
export function pagerDutySignature(secrets: readonly string[]): Signature {
  return {
    header: 'X-PagerDuty-Signature',
    check: (headers, body) => {
      const given = textOf(headers['x-pagerduty-signature']).split(',').flatMap(signatureOf('v1'));
      const known = secrets.map((secret) => hmac(secret, [body]));
      if (!anyEqual(known, given)) throw refused('It is not signed by PagerDuty with a secret of notify.pagerduty.webhook.');
    },
  };
}

/** How Slack signs what people press: HMAC-SHA256 over its time and the body. Old ones, and one that was taken before, are refused. */
export function slackSignature(secret: string, now: () => number = Date.now): Signature {
  const seen = createSeen(2 * longestAgeS * 1_000, { now });
  return {
    header: 'X-Slack-Signature',
    check: (headers, body) => {
      const time = textOf(headers['x-slack-request-timestamp']);
      const given = [textOf(headers['x-slack-signature'])].flatMap(signatureOf('v0'));
      if (!/^\d{1,12}$/.test(time) || !anyEqual([hmac(secret, [`v0:${time}:`, body])], given))
        throw refused('It is not signed by Slack with the secret of notify.slack.decisions.');
      if (Math.abs(now() / 1_000 - Number(time)) > longestAgeS) throw refused('It was signed more than five minutes ago, or will be.');
      const mark = given.map((one) => one.toString('hex')).join();
      if (seen.has(mark)) throw refused('It was taken before.');
      seen.add(mark);
    },
  };
}

const refused = (detail: string) => new ApiProblem(401, 'NotSignedIn', detail);
const textOf = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '');

const signatureOf =
  (version: string) =>
  (part: string): Buffer[] => {
    const [, hex] = new RegExp(`^\\s*${version}=([0-9a-f]{64})\\s*$`).exec(part) ?? [];
    return hex === undefined ? [] : [Buffer.from(hex, 'hex')];
  };

function hmac(secret: string, parts: readonly (string | Buffer)[]): Buffer {
  const sum = createHmac('sha256', secret);
  for (const part of parts) sum.update(part);
  return sum.digest();
}

/** All are compared, so that the time taken tells nothing. */
function anyEqual(known: readonly Buffer[], given: readonly Buffer[]): boolean {
  return known.flatMap((one) => given.filter((other) => timingSafeEqual(one, other))).length > 0;
}
