import type { Fact } from '../messages.ts';
import { sessions } from '../tools.ts';
import { fact } from './facts.ts';

/** From this share of its connections on, a database is called nearly full. */
const nearlyFull = 0.8;

/** How many connections a database has left: more copies take more of them. */
export async function connectionFacts(where: { database: string; region: string }): Promise<Fact[]> {
  const seen = await sessions.readSessions(where).catch(() => undefined);
  const source = `PostgreSQL in ${where.region}`;
  const said = ['connections', `connections of ${where.database}`] as const;
  if (seen === undefined) return [fact.words(...said, null, source, { verdict: 'unknown' })];
  if ('full' in seen) return [fact.words(...said, 'all taken', source, { verdict: 'bad' })];
  const { used, maxConnections } = seen;
  return [
    fact.words(...said, `${used} of ${maxConnections}`, source, {
      verdict: used / maxConnections >= nearlyFull ? 'bad' : 'good',
      informational: true,
    }),
  ];
}
