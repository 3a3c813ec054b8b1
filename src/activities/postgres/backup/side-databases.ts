import { createHash } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Environment } from '../../../config/environment.ts';
import { Failure } from '../../../workflows/failures.ts';
import { currentStep, failure } from '../../kit/index.ts';
import { fenceSetting, fenceStatement } from '../fence.ts';
import { connectionOf } from './commands.ts';
import { applicationName, withSession, type Access, type Session, type SessionLimits, type Where } from '../sql.ts';

/** Statements on whole databases may wait for others. */
const patient: SessionLimits = { statementMs: 10 * 60_000 };

/** A session in another database of the same server, with the environment's user. */
export function inDatabase<T>(
  environment: Environment,
  { database, region }: Where,
  name: string,
  access: Access,
  work: (session: Session) => Promise<T>,
  limits: SessionLimits = patient,
): Promise<T> {
  const url = new URL(connectionOf(environment, { database, region }).url);
  url.pathname = `/${encodeURIComponent(name)}`;
  const regions = { [region]: { connection: url.href } };
  return withSession({ databases: { [database]: { regions } } }, { database, region }, access, work, limits);
}

/** The same in the database that is always there. */
export const onServer = <T>(environment: Environment, where: Where, access: Access, work: (session: Session) => Promise<T>): Promise<T> =>
  inDatabase(environment, where, 'postgres', access, work);

/** What a side database says of itself: whose it is, and whether it is whole. */
export interface SideDatabase {
  exists: boolean;
  ours: boolean;
  whole: boolean;
  open: boolean;
}

/**
 * What a database of this run is born with: a limit of connections that is no limit. A comment comes a statement later, and an attempt that
 * dies in between would leave a database that nobody knows.
 */
const birthmark = (): number => 1_000_000_000 + parseInt(createHash('sha256').update(currentStep().runId).digest('hex').slice(0, 7), 16);

const mark = (whole: boolean): string => `muster ${currentStep().runId} ${whole ? 'whole' : 'in the making'}`;

/** Reads a database by its name. */
export function lookAtDatabase(environment: Environment, where: Where, name: string): Promise<SideDatabase> {
  return onServer(environment, where, 'read', async (session) => {
    const [row] = await session.run<{ open: boolean; most: number; note: string | null }>(
      `SELECT datallowconn AS open, datconnlimit AS most, shobj_description(oid, 'pg_database') AS note FROM pg_database WHERE datname = $1`,
      [name],
    );
    const note = row?.note ?? '';
    return {
      exists: row !== undefined,
      ours: note.startsWith(`muster ${currentStep().runId} `) || (note === '' && row?.most === birthmark()),
      whole: note === mark(true),
      open: row?.open ?? false,
    };
  });
}

/** Makes an empty database like another one, marked as ours and not yet whole; one of ours that is there already goes first. */
export async function makeDatabase(environment: Environment, where: Where, name: string, like: string): Promise<void> {
  await dropDatabase(environment, where, name);
  await onServer(environment, where, 'change', async (session) => {
    const [form] = await session.run<{ encoding: string; collate: string; ctype: string }>(
      'SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype FROM pg_database WHERE datname = $1',
      [like],
    );
    if (!form) throw failure(Failure.Permanent, `there is no database ${like}`);
    const settings = `ENCODING ${escapeLiteral(form.encoding)} LC_COLLATE ${escapeLiteral(form.collate)} LC_CTYPE ${escapeLiteral(form.ctype)} CONNECTION LIMIT ${birthmark()}`;
    await session.run(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0 ${settings}`, [], 'change');
    await session.run(`COMMENT ON DATABASE ${escapeIdentifier(name)} IS ${escapeLiteral(mark(false))}`, [], 'change');
  });
}

/** Marks a database of ours as whole, gives it the settings and rights of another one, and fences it until it is needed. */
export async function finishDatabase(environment: Environment, where: Where, name: string, like: string): Promise<void> {
  await onServer(environment, where, 'change', async (session) => {
    const to = escapeIdentifier(name);
    await session.run(fenceStatement(name, true), [], 'change');
    for (const { setting } of await session.run<{ setting: string }>(settingsStatement, [like])) {
      const [key, value] = [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)];
      if (key === fenceSetting) continue;
      // Lists are kept quoted; a quoted list would be one long name.
      const text = /search_path|preload_libraries|tablespaces/.test(key) ? value : escapeLiteral(value);
      await session.run(`ALTER DATABASE ${to} SET ${key.split('.').map(escapeIdentifier).join('.')} TO ${text}`, [], 'change');
    }
    const rights = await session.run<{ grantee: string | null; right: string }>(rightsStatement, [like]);
    if (rights.length > 0) await session.run(`REVOKE ALL ON DATABASE ${to} FROM PUBLIC`, [], 'change');
    for (const { grantee, right } of rights) {
      await session.run(`GRANT ${right} ON DATABASE ${to} TO ${grantee === null ? 'PUBLIC' : escapeIdentifier(grantee)}`, [], 'change');
    }
    const [form] = await session.run<{ most: number }>('SELECT datconnlimit AS most FROM pg_database WHERE datname = $1', [like]);
    await session.run(`ALTER DATABASE ${to} CONNECTION LIMIT ${form?.most ?? -1}`, [], 'change');
    await session.run(`COMMENT ON DATABASE ${to} IS ${escapeLiteral(mark(true))}`, [], 'change');
  });
}

const settingsStatement = `SELECT unnest(setconfig) AS setting FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
  WHERE d.datname = $1 AND s.setrole = 0`;
const rightsStatement = `SELECT r.rolname AS grantee, a.privilege_type AS right FROM pg_database d, aclexplode(d.datacl) a
  LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE d.datname = $1`;

/** Removes a database that this run made. Throws RefusedBySafetyRule for any other one. */
export async function dropDatabase(environment: Environment, where: Where, name: string): Promise<void> {
  const { exists, ours } = await lookAtDatabase(environment, where, name);
  if (!exists) return;
  if (!ours) throw failure(Failure.RefusedBySafetyRule, `the database ${name} was not made by this run: it is not removed`);
  await onServer(environment, where, 'change', (session) => session.run(dropStatement(name), [], 'change'));
}

export const dropStatement = (name: string): string => `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`;

/** Statements that let a database step aside and another one take its name, in one transaction. */
export const swapStatements = (name: string, { aside, bring }: { aside: string; bring: string }): string[] => [
  `ALTER DATABASE ${escapeIdentifier(name)} RENAME TO ${escapeIdentifier(aside)}`,
  `ALTER DATABASE ${escapeIdentifier(bring)} RENAME TO ${escapeIdentifier(name)}`,
];

/** Does it: nobody may be connected meanwhile. Afterwards both let people in again, whatever happened. */
export async function swap(environment: Environment, where: Where, name: string, names: { aside: string; bring: string }): Promise<void> {
  await onServer(environment, where, 'change', async (session) => {
    const open = async (one: string, allowed: boolean) => {
      const { exists } = await lookAtDatabase(environment, where, one);
      if (exists) await session.run(`ALTER DATABASE ${escapeIdentifier(one)} ALLOW_CONNECTIONS ${allowed}`, [], 'change');
    };
    try {
      // An attempt that died may have renamed them already, and only not let people in again.
      if (!(await lookAtDatabase(environment, where, names.bring)).exists) return;
      for (const one of [name, names.bring]) {
        await open(one, false);
        await session.run(endStatement, [one], 'change');
      }
      await session.run('BEGIN', [], 'change');
      for (const statement of swapStatements(name, names)) await session.run(statement, [], 'change');
      await session.run('COMMIT', [], 'change');
    } finally {
      await session.run('ROLLBACK').catch(() => undefined);
      for (const one of [name, names.bring, names.aside]) await open(one, true);
    }
  });
}

const endStatement = `SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
  WHERE datname = $1 AND pid <> pg_backend_pid() AND (backend_type = 'client backend' OR application_name = '${applicationName}')`;
