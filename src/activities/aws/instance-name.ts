import type { Environment } from '../../config/environment.ts';
import { named, needed } from '../kit/index.ts';

/** Identifier of a database's instance in a region. */
export function instanceName(environment: Environment, { database, region }: { database: string; region: string }): string {
  const { instance } = named(named(environment.databases, database, 'database').regions, region, `database ${database} in the region`);
  return needed(instance, `an instance of RDS for the database ${database} in ${region}`);
}
