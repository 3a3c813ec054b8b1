import { randomBytes } from 'node:crypto';
import type { Express, RequestHandler } from 'express';
import { service, type Take } from './service.ts';

interface Update {
  status: string;
  body: string;
  created_at: string;
}
interface Incident {
  id: string;
  name: string;
  status: string;
  metadata: unknown;
  components: Record<string, string>;
  /** Newest first. */
  incident_updates: Update[];
}
type Asked = Partial<Pick<Incident, 'name' | 'status' | 'metadata' | 'components'>> & { body?: string };

/** Statuspage's incidents and components. An incident that names a component which the page does not have is refused. */
export function statuspage(key: string, components: readonly string[], take: Take): Express {
  const parts = components.map((name, index) => ({ id: `part${String(index + 1).padStart(8, '0')}`, name, status: 'operational' }));
  const incidents: Incident[] = [];

  const apply = (incident: Incident, { name, status, metadata, components: states = {}, body }: Asked): Incident => {
    Object.assign(incident, { ...(name && { name }), ...(status && { status }), ...(metadata !== undefined && { metadata }) });
    Object.assign(incident.components, states);
    for (const part of parts) part.status = states[part.id] ?? part.status;
    if (body ?? status)
      incident.incident_updates.unshift({ status: incident.status, body: body ?? '', created_at: new Date().toISOString() });
    return incident;
  };
  const wrong = ({ components: states = {} }: Asked): string | undefined =>
    Object.keys(states).find((id) => !parts.some((part) => part.id === id));
  const allowed: RequestHandler = (request, response, next) => {
    if (request.headers.authorization === `OAuth ${key}`) next();
    else response.status(401).json({ error: 'Could not authenticate' });
  };
  return service()
    .use(allowed)
    .get('/v1/pages/:page/components', (_request, response) => void response.json(parts))
    .get('/v1/pages/:page/incidents', (request, response) => {
      response.json([...incidents].reverse().slice(0, Number(request.query['limit'] ?? 100)));
    })
    .get('/v1/pages/:page/incidents/unresolved', (_request, response) => {
      response.json(incidents.filter(({ status }) => status !== 'resolved').reverse());
    })
    .get('/v1/pages/:page/incidents/:incident', (request, response) => {
      const found = incidents.find(({ id }) => id === request.params.incident);
      response.status(found ? 200 : 404).json(found ?? { error: 'not found' });
    })
    .post('/v1/pages/:page/incidents', (request, response) => {
      const asked = ((request.body ?? {}) as { incident?: Asked }).incident ?? {};
      if (!asked.name || wrong(asked)) return void response.status(422).json({ error: ['name or component is not valid'] });
      const empty = {
        id: randomBytes(6).toString('hex'),
        name: '',
        status: 'investigating',
        metadata: {},
        components: {},
        incident_updates: [],
      };
      incidents.push(apply(empty, asked));
      take(request);
      response.status(201).json(empty);
    })
    .patch('/v1/pages/:page/incidents/:incident', (request, response) => {
      const found = incidents.find(({ id }) => id === request.params.incident);
      if (!found) return void response.status(404).json({ error: 'not found' });
      const asked = ((request.body ?? {}) as { incident?: Asked }).incident ?? {};
      if (wrong(asked)) return void response.status(422).json({ error: ['component is not valid'] });
      take(request);
      response.json(apply(found, asked));
    });
}
