import type { Environment } from '../../config/environment.ts';
import type { VerificationLine, VerificationLook } from '../../workflows/incident/policy.ts';
import { named, redactText, request, resolved, sentenceOf, short } from '../kit/index.ts';
import { type IntegrityCheck, integrityIn, withSession } from '../postgres/index.ts';
import { askNumber } from '../prometheus/index.ts';

/** What one reading of a line says; `unknown` when nobody could tell. */
export interface LineVerdict {
  verdict: 'good' | 'bad' | 'unknown';
  /** What was seen, as a sentence. */
  detail: string;
}

export interface LineAsked {
  line: VerificationLine;
  /** Whether the incident's own alerts are all cleared; null when it never had one. */
  alertsCleared: boolean | null;
}

type By<Name extends VerificationLook['by']> = Extract<VerificationLook, { by: Name }>;

/** Reads one line of a verification. Never throws for what it reads: what gives no answer is `unknown`. */
export async function verdictOn(environment: Environment, asked: LineAsked): Promise<LineVerdict> {
  const { verdict, detail } = await look(environment, asked).catch((error: unknown): LineVerdict => ({
    verdict: 'unknown',
    detail: `cannot tell: ${sentenceOf(error)}`,
  }));
  return { verdict, detail: short(redactText(detail), 500) };
}

async function look(environment: Environment, { line: { look: asked }, alertsCleared }: LineAsked): Promise<LineVerdict> {
  if (asked.by === 'http') return overHttp(asked);
  if (asked.by === 'prometheus') return overPrometheus(environment, asked);
  if (asked.by === 'database') return inDatabase(environment, asked);
  return asked.by === 'alerts' ? ofAlerts(alertsCleared) : { verdict: 'unknown', detail: `a person must tell: ${asked.question}` };
}

const answerWithin = 10_000;

async function overHttp({ url, fasterThanMs }: By<'http'>): Promise<LineVerdict> {
  const address = resolved(url);
  try {
    const { ok, status, ms } = await request({ url: address, kind: 'read', timeoutMs: Math.max(answerWithin, (fasterThanMs ?? 0) * 2) });
    const detail = `${address} answered ${status} in ${ms} ms`;
    if (!ok) return { verdict: 'bad', detail };
    const slow = fasterThanMs !== undefined && ms > fasterThanMs;
    return { verdict: slow ? 'bad' : 'good', detail: slow ? `${detail}; at most ${fasterThanMs} ms were expected` : detail };
  } catch (error) {
    // For those who use it no answer is a bad one, whatever the reason.
    return { verdict: 'bad', detail: `${address} gives no answer: ${sentenceOf(error)}` };
  }
}

async function overPrometheus(environment: Environment, { query, above, below }: By<'prometheus'>): Promise<LineVerdict> {
  const answer = await askNumber(environment, query);
  if ('none' in answer) return { verdict: 'unknown', detail: `${answer.none}: ${query}` };
  const { value } = answer;
  const limits = [...(above === undefined ? [] : [`above ${above}`]), ...(below === undefined ? [] : [`below ${below}`])].join(' and ');
  const holds = (above === undefined || value > above) && (below === undefined || value < below);
  return { verdict: holds ? 'good' : 'bad', detail: `${query} is ${value}${limits ? `; expected ${limits}` : ''}` };
}

interface Asked {
  region: string;
  /** Null when it is a standby. */
  checks: IntegrityCheck[] | null;
  fenced: boolean;
}

/** Asks the primary: the copy in a region that takes writes. A standby or a fenced old primary answers for nobody. */
async function inDatabase(environment: Environment, { database }: By<'database'>): Promise<LineVerdict> {
  const { regions, integrity } = named(environment.databases, database, 'database');
  if (integrity.length === 0) return { verdict: 'unknown', detail: `the environment asks nothing of the data of ${database}` };
  const problems: string[] = [];
  const found = await Promise.all(
    Object.keys(regions).map((region) =>
      askRegion(environment, database, region).catch((error: unknown) => void problems.push(`${region}: ${sentenceOf(error)}`)),
    ),
  );
  const primaries = found.filter((one): one is Asked & { checks: IntegrityCheck[] } => !!one && one.checks !== null);
  const open = primaries.filter(({ fenced }) => !fenced);
  const [primary, ...others] = open.length > 0 ? open : primaries;
  if (!primary)
    return { verdict: 'unknown', detail: `no primary of ${database} answers${problems.length > 0 ? `: ${problems.join('; ')}` : ''}` };
  if (others.length > 0) {
    const where = [primary, ...others].map(({ region }) => region).join(' and ');
    return { verdict: 'bad', detail: `${database} has more than one primary that takes writes: ${where}` };
  }
  const broken = primary.checks.filter(({ holds }) => !holds);
  const at = `${database} in ${primary.region}`;
  if (broken.length === 0) return { verdict: 'good', detail: `${at}: ${primary.checks.map(({ name }) => name).join('; ')}` };
  return {
    verdict: 'bad',
    detail: `${at}: ${broken.map(({ name, value, expected }) => `${name}: ${value} instead of ${expected}`).join('; ')}`,
  };
}

function askRegion(environment: Environment, database: string, region: string): Promise<Asked> {
  return withSession(environment, { database, region }, 'read', async (session) => {
    const [row] = await session.run<{ standby: boolean; fenced: boolean }>(
      `SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') = 'on' AS fenced`,
    );
    const { standby, fenced } = row!;
    return { region, fenced, checks: standby ? null : await integrityIn(environment, database, session) };
  });
}

function ofAlerts(cleared: boolean | null): LineVerdict {
  if (cleared === null) return { verdict: 'unknown', detail: 'no alert belongs to this incident' };
  return cleared
    ? { verdict: 'good', detail: 'every alert of this incident is cleared' }
    : { verdict: 'bad', detail: 'an alert of this incident still fires' };
}
