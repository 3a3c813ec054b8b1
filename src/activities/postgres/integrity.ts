import type { Environment } from '../../config/environment.ts';
import { named } from '../kit/index.ts';
import { withSession, type Session, type Where } from './sql.ts';

export interface IntegrityCheck {
  name: string;
  value: string | number | null;
  expected: string | number;
  holds: boolean;
}

/** The environment's own questions to the data, in a session that cannot write. */
export function integrityOf(environment: Environment, where: Where): Promise<IntegrityCheck[]> {
  return withSession(environment, where, 'read', (session) => integrityIn(environment, where.database, session));
}

/** The same in a session that is open already. */
export async function integrityIn(environment: Environment, database: string, session: Session): Promise<IntegrityCheck[]> {
  const checks: IntegrityCheck[] = [];
  for (const { name, sql, expect } of named(environment.databases, database, 'database').integrity) {
    const [row] = await session.run<Record<string, string | number | null>>(sql);
    const value = Object.values(row ?? {})[0] ?? null;
    checks.push({ name, value, expected: expect, holds: value !== null && String(value) === String(expect) });
  }
  return checks;
}
