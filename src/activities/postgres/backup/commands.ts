import type { Environment } from '../../../config/environment.ts';
import { postgresTool } from '../../../config/tools.ts';
import { Failure } from '../../../workflows/failures.ts';
import {
  type Argument,
  type Command,
  type CommandResult,
  failure,
  named,
  type PredictedCall,
  rememberSecret,
  resolvedSecret,
  runCommand,
} from '../../kit/index.ts';
import type { Where } from '../sql.ts';

export interface PostgresCommand {
  program: 'pg_dump' | 'pg_restore';
  /** Name of the database on the server; the environment's own unless said. */
  database?: string | undefined;
  args: readonly Argument[];
  kind: 'read' | 'change';
  stdin?: string;
  stdoutTo?: string;
}

const timeoutMs = 100 * 60_000;
/** Oldest programs that are used when the pinned ones are missing. */
const oldestMajor = 14;

/** The environment's connection to a database, in parts. Throws InvalidInput when it is no URL. */
export function connectionOf(environment: Environment, { database, region }: Where) {
  const { regions } = named(environment.databases, database, 'database');
  const text = resolvedSecret(named(regions, region, `database ${database} in the region`).connection);
  if (!URL.canParse(text)) throw failure(Failure.InvalidInput, `the connection of ${database} in ${region} is not written as postgres://…`);
  const url = new URL(text);
  const password = rememberSecret(decodeURIComponent(url.password));
  const name = decodeURIComponent(url.pathname.slice(1)) || database;
  return { url, user: decodeURIComponent(url.username), password, host: url.hostname, port: url.port || '5432', name };
}

/**
 * A program of PostgreSQL as a list of words: on this machine, or in the container that docker compose runs the database in.
 * The password is never a word of it, it goes by the environment of the process.
 */
export function postgresCommand(environment: Environment, where: Where, asked: PostgresCommand): Command {
  const { user, password, host, port, name } = connectionOf(environment, where);
  const compose = named(environment.databases, where.database, 'database').backup?.through?.compose;
  const common: Argument[] = ['--no-password', '--username', { value: user }, '--dbname', { value: asked.database ?? name }];
  const words: Argument[] = compose
    ? [
        ...['compose', '-f', { value: compose.file }, '-p', { value: compose.project }, 'exec', '-T', '-e', 'PGPASSWORD'],
        ...[{ value: compose.service }, asked.program, ...common, ...asked.args],
      ]
    : ['--host', { value: host }, '--port', { value: port }, ...common, ...asked.args];
  return {
    ...{ file: compose ? 'docker' : postgresTool(asked.program).path, args: words, kind: asked.kind, timeoutMs },
    env: { PGPASSWORD: password },
    ...(asked.stdin === undefined ? {} : { stdin: asked.stdin }),
    ...(asked.stdoutTo === undefined ? {} : { stdoutTo: asked.stdoutTo }),
  };
}

/** Runs it. Throws Permanent when the program on PATH is too old. */
export async function runPostgres(environment: Environment, where: Where, asked: PostgresCommand): Promise<CommandResult> {
  const command = postgresCommand(environment, where, asked);
  if (command.file !== 'docker' && !postgresTool(asked.program).pinned) await mustBeNew(command.file);
  return runCommand(command);
}

async function mustBeNew(file: string): Promise<void> {
  const { stdout } = await runCommand({ file, args: ['--version'], kind: 'read', timeoutMs: 10_000 });
  const major = Number(/(\d+)[.\d]*\s*$/.exec(stdout.replace(/\(.*?\)\s*$/, '').trim())?.[1] ?? 0);
  if (major < oldestMajor) throw failure(Failure.Permanent, `${file} is ${stdout.trim()}: needed ${oldestMajor} or newer`);
}

/** How it will look in the evidence. */
export function predictedPostgres(environment: Environment, where: Where, asked: PostgresCommand): PredictedCall {
  const { file, args } = postgresCommand(environment, where, asked);
  const words = [file, ...args.map((argument) => (typeof argument === 'string' ? argument : argument.value))];
  return { call: words.join(' '), args: words };
}
