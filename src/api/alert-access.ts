import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Environment } from '../config/environment.ts';
import { tokenHash } from './access.ts';
import { hashToken } from './token-hash.ts';
import { ApiProblem } from './errors.ts';

/**
 * Lets senders of alerts in: a token of `incidents.alerts.tokens`, as a bearer or as the password of basic authentication. It opens
 * nothing else, and people's tokens do not open this. Throws when a token cannot be read; what it returns throws 401 problems.
 */
export function createAlertAccess({ incidents }: Environment, env: NodeJS.ProcessEnv = process.env): (request: IncomingMessage) => void {
  const known = (incidents?.alerts.tokens ?? []).map((reference) => tokenHash(reference, 'the senders of alerts', env));
  return ({ headers: { authorization = '' } }) => {
    const token = tokenIn(authorization);
    const hash = hashToken(token ?? '');
    // All are compared, so that the time taken tells nothing.
    const matches = known.filter((one) => timingSafeEqual(one, hash)).length;
    if (token !== undefined && matches > 0) return;
    const challenges = 'Bearer realm="muster alerts", Basic realm="muster alerts"';
    const detail = 'Send a token of incidents.alerts.tokens: Authorization: Bearer …, or as the password of basic authentication.';
    throw new ApiProblem(401, 'NotSignedIn', detail, { headers: { 'WWW-Authenticate': challenges } });
  };
}

function tokenIn(authorization: string): string | undefined {
  const [, scheme = '', given = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return given;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const [, password] = /^[^:]*:(.+)$/s.exec(Buffer.from(given, 'base64').toString('utf8')) ?? [];
  return password;
}
