import type { Environment } from '../config/schema.ts';
import { InputProblem, mustFind } from './entry.ts';

type ServiceEntry = Environment['services'][string];
type DatabaseEntry = Environment['databases'][string];

/** Name and entry of the database that a service has. Throws InputProblem at `/service` when it has none that Muster knows. */
export function databaseOf(environment: Environment, service: ServiceEntry): { database: string } & DatabaseEntry {
  const { database } = service;
  if (database === undefined) throw refused('/service', `${service.title} has no database in this environment`);
  return { database, ...mustFind(environment.databases, database, '/service', 'database') };
}

/** Identifier of the database's instance of RDS in a region. Throws InputProblem at the pointer when it is not there, or not of RDS. */
export function instanceIn({ database, regions }: ReturnType<typeof databaseOf>, region: string, pointer: string): string {
  const { instance } = mustFind(regions, region, pointer, `region of the database ${database}`);
  if (instance === undefined)
    throw refused(pointer, `the database ${database} in ${region} is not of RDS, and this runbook works on RDS only`);
  return instance;
}

/** Name of the dns entry that leads customers to a service. Throws InputProblem when the environment names none. */
export function dnsOf({ title, dns }: ServiceEntry): string {
  if (dns === undefined) throw refused('/dns', `${title} has no dns entry in this environment, so its customers cannot be moved`);
  return dns;
}

/** Refuses a region in which nothing is named that runs the service. Throws InputProblem at the pointer. */
export function mustRunSomewhere({ title, regions }: ServiceEntry, region: string, pointer: string): void {
  const place = regions[region];
  if (place && !place.kubernetes && !place.compose && place.autoScalingGroup === undefined)
    throw refused(
      pointer,
      `the environment does not say what runs ${title} in ${region}: name an Auto Scaling group, Kubernetes or compose`,
    );
}

const refused = (pointer: string, detail: string) => new InputProblem([{ pointer, detail }]);
