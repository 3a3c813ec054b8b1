import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import type { Access } from './access.ts';

/** Asks the API server itself at a path, as the test; for looks that come often. Throws what it answered when that is not 200. */
export function askServer({ server, certificate, token }: Access['admin']): <T>(path: string) => Promise<T> {
  let agent: Agent | undefined;
  return <T>(path: string) =>
    new Promise<T>((resolve, reject) => {
      // It makes its certificate when it starts.
      agent ??= new Agent({ ca: readFileSync(certificate), keepAlive: true });
      const asked = get(`${server}${path}`, { agent, headers: { Authorization: `Bearer ${token}` }, timeout: 5_000 }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.once('error', reject);
        answer.once('end', () => {
          const text = Buffer.concat(parts).toString();
          if (answer.statusCode === 200) resolve(JSON.parse(text) as T);
          else reject(new Error(`${path} answers ${answer.statusCode}: ${text.slice(0, 500)}`));
        });
      });
      asked.once('timeout', () => asked.destroy(new Error(`${path} does not answer`)));
      asked.once('error', reject);
    });
}
