import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, jsonOf, named, proof, request, requestGood, resolved, resolvedSecret, under, until } from '../kit/index.ts';
import { type Where, withSession } from '../postgres/index.ts';
import { duration } from '../../words/durations.ts';

export interface Validated {
  /** What was seen, as a sentence. */
  detail: string;
}

type Checklist = Required<NonNullable<Environment['services'][string]['validation']>>;

interface InRegion {
  service: string;
  region: string;
}

const patienceMs = 20_000;
/** A database with fewer free connections than this share has no room for the next peak. */
const freeShare = 0.2;
const session = z.object({ token: z.string().min(1) });
const log = z.object({ entries: z.array(z.object({ at: z.iso.datetime() })) });

/** The validation checklist after a recovery: each line is read where the environment says, and fails when it does not hold or cannot be read. */
export function validationActivities(environment: Environment) {
  const lookUp = <Line extends keyof Checklist>({ service, region }: InRegion, line: Line) => {
    const { regions, validation } = named(environment.services, service, 'service');
    const asked = validation?.[line];
    if (!asked) throw failure(Failure.Inconclusive, notSaid(service, line));
    return { base: resolved(named(regions, region, `service ${service} in the region`).url), asked };
  };

  return {
    /** The right password opens the account; a wrong one, and none, do not. */
    signInWorks: proof(async (where: InRegion): Promise<Validated> => {
      const { base, asked } = lookUp(where, 'authentication');
      const { path, account, name, password } = asked;
      const signIn = (given: string) => request({ method: 'POST', url: under(base, path), body: { name, password: given }, kind: 'read' });
      const opened = await signIn(resolvedSecret(password));
      const { token } = opened.ok ? session.parse(jsonOf(opened)) : { token: '' };
      const headers = { authorization: `Bearer ${token}` };
      const [inside, outside, wrong] = await Promise.all([
        request({ url: under(base, account), headers, kind: 'read' }),
        request({ url: under(base, account), kind: 'read' }),
        signIn('not the password'),
      ]);
      if (!opened.ok || !inside.ok) throw doesNotHold(`${name} cannot sign in: ${opened.status}, then ${inside.status}`);
      if (outside.ok || wrong.ok) throw doesNotHold('the account opens without the right password');
      return { detail: `${name} signs in; nobody does with a wrong password` };
    }),

    /** The time that the gauge holds is young enough. */
    metricsFlow: proof(async (where: InRegion): Promise<Validated> => {
      const { base, asked } = lookUp(where, 'monitoring');
      return fresh(`the metric ${asked.metric}`, asked.freshFor, async () => {
        const { text } = await requestGood({ url: under(base, asked.path), kind: 'read' });
        const line = text.split('\n').find((candidate) => new RegExp(`^${asked.metric}(\\{|\\s)`).test(candidate));
        return Number(line?.trim().split(/\s+/).at(-1)) * 1_000;
      });
    }),

    /** The newest entry of the log is young enough. */
    logsFlow: proof(async (where: InRegion): Promise<Validated> => {
      const { base, asked } = lookUp(where, 'logs');
      return fresh('the newest entry of the log', asked.freshFor, async () => {
        const { entries } = log.parse(jsonOf(await requestGood({ url: under(base, asked.path), kind: 'read' })));
        return Date.parse(entries[0]?.at ?? '');
      });
    }),

    /** Enough connections are free, and nobody waits for a lock. */
    databaseConnections: proof(async (where: Where): Promise<Validated> => {
      const [row] = await withSession(environment, where, 'read', (open) =>
        open.run<{ used: number; most: number; waiting: number }>(`SELECT
          (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
          current_setting('max_connections')::int AS most,
          (SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state_change < clock_timestamp() - interval '5 s') AS waiting`),
      );
      const { used, most, waiting } = row!;
      if (used > most * (1 - freeShare))
        throw doesNotHold(`connections: needed at most ${Math.floor(most * (1 - freeShare))} used, have ${used} of ${most}`);
      if (waiting > 0) throw doesNotHold(`${waiting} sessions have waited for a lock for more than 5 s`);
      return { detail: `${used} of ${most} connections used, nobody waits for a lock` };
    }),
  };
}

/** Waits until a time is young enough; it may need a moment after a recovery. */
function fresh(what: string, forMs: number, readAt: () => Promise<number>): Promise<Validated> {
  return until(
    async () => {
      const age = Date.now() - (await readAt());
      if (age <= forMs) return { is: { detail: `${what} is ${duration(Math.max(0, age))} old` } };
      return { notYet: Number.isNaN(age) ? `${what} is not there` : `${what} is ${duration(age)} old` };
    },
    { within: patienceMs, what: `${what} to be at most ${duration(forMs)} old` },
  );
}

const notSaid = (service: string, line: string): string =>
  `cannot tell: the environment does not say where ${line} of ${service} is looked up (services.${service}.validation.${line})`;

const doesNotHold = (sentence: string): Error => failure(Failure.DoesNotHold, sentence);
