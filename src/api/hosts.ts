import type { IncomingMessage } from 'node:http';
import { ApiProblem } from './errors.ts';

/** Refuses a browser that came under a name which is not ours: whoever owns that name could have led it here. Throws 403. */
export function refuseOtherHosts({ headers: { host = '' } }: IncomingMessage, hosts: readonly string[] = []): void {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const own =
    name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || hosts.some((one) => one.toLowerCase() === name);
  if (!own)
    throw new ApiProblem(
      403,
      'CrossSite',
      `This API does not know itself under the name ${name || 'none'}; MUSTER_API_HOSTS lists its names.`,
    );
}
