import type { Environment } from '../config/schema.ts';
import type { RunbookName } from '../workflows/runbook-names.ts';
import type { Program } from '../workflows/readiness/watch-list.ts';

/** Programs that a runbook would run on the worker's machine for this input. */
export function programsOf(environment: Environment, runbook: RunbookName, input: Readonly<Record<string, unknown>>): Program[] {
  const service = typeof input['service'] === 'string' ? environment.services[input['service']] : undefined;
  const named = [input['region'], input['from'], input['to']].filter((name) => typeof name === 'string');
  const places = Object.entries(service?.regions ?? {}).filter(([region]) => named.includes(region));
  const database = service?.database === undefined ? undefined : environment.databases[service.database];
  const inContainer = database?.backup?.through?.compose !== undefined;
  const ofBackups: Program[] = inContainer ? ['docker'] : ['pg_dump', 'pg_restore'];
  const wanted: Program[] = [
    ...places.flatMap(([, { kubernetes, compose, host }]): Program[] => [
      ...(kubernetes ? ['kubectl' as const] : []),
      ...(compose ? ['docker' as const] : []),
      ...(host && !runbook.includes('-region') ? ['ssh' as const] : []),
    ]),
    ...(runbook === 'restore-from-backup' ? ofBackups : []),
  ];
  return [...new Set(wanted)].sort();
}
