import { createHmac } from 'node:crypto';
import type { Api } from './api.ts';

/** As PagerDuty signs a body, once for each secret. */
export const pagerDutySigned = (body: string, ...secrets: string[]): Record<string, string> => ({
  'x-pagerduty-signature': secrets.map((secret) => `v1=${createHmac('sha256', secret).update(body).digest('hex')}`).join(','),
});

/** As Slack signs a body at a time. */
export function slackSigned(body: string, secret: string, at = Date.now()): Record<string, string> {
  const time = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${signature}` };
}

/** The form that Slack sends for a payload. */
export const slackForm = (payload: unknown): string => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

/** Sends bytes as they are. */
export const sendRaw = (api: Api, path: string, body: string | Buffer, headers: Record<string, string>): Promise<Response> =>
  fetch(api.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
