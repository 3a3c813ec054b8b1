import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, named, needed, read } from '../kit/index.ts';
import { withSession } from './sql.ts';

/** The database's schema as its own migrations tell it. */
export interface SchemaState {
  version: string;
  /** Oldest version whose code still works on it, when the schema tells that. */
  worksFrom: string | null;
}

/** Migrations of a service's schema: a release may only come back to a schema that it can work with. */
export function migrationActivities(environment: Environment) {
  return {
    /** Throws InvalidInput when the environment does not say how to ask. */
    readSchema: read(async ({ service, region }: { service: string; region: string }): Promise<SchemaState> => {
      const { database: name, migrations } = named(environment.services, service, 'service');
      if (!migrations) throw failure(Failure.InvalidInput, `the environment does not say how to read the schema's version of ${service}`);
      const database = needed(name, `the database of ${service}`);
      const [row] = await withSession(environment, { database, region }, 'read', ({ run }) => run<Record<string, unknown>>(migrations.sql));
      const [version, worksFrom] = Object.values(row ?? {});
      if (version === undefined || version === null)
        throw failure(Failure.Permanent, `the schema of ${database} does not tell its version`);
      return { version: say(version), worksFrom: worksFrom === undefined || worksFrom === null ? null : say(worksFrom) };
    }),
  };
}

const say = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));
