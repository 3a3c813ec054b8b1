import { OpenAPIRegistry, OpenApiGeneratorV31, type ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { problem } from './answers.ts';
import type { ResponseDescription, Route } from './route.ts';

const refusals: Record<number, string> = {
  401: 'Nobody is signed in, or the token is not known',
  403: 'This person may not do that',
  422: 'The request is not valid; `errors` names each field',
  429: 'Too many requests; see Retry-After',
  503: 'Temporal, a worker or the time ran out; see Retry-After',
};

/** Makes the OpenAPI 3.1 document from the routes that the app serves. */
export function openApiDocument(routes: readonly Route[], title: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'password', { type: 'http', scheme: 'basic' });
  for (const { signature } of routes) {
    if (signature)
      registry.registerComponent('securitySchemes', signature.header, { type: 'apiKey', in: 'header', name: signature.header });
  }
  for (const route of routes) {
    const { params, query, headers, body } = route;
    const bodyType = route.form ? 'application/x-www-form-urlencoded' : 'application/json';
    registry.registerPath({
      method: route.method,
      path: route.path.replaceAll(/:(\w+)/g, '{$1}'),
      operationId: operationId(route),
      summary: route.summary,
      description: whoMay(route),
      security: securityOf(route),
      request: {
        ...(params ? { params } : {}),
        ...(query ? { query } : {}),
        ...(headers ? { headers } : {}),
        ...(body ? { body: { content: { [bodyType]: { schema: body } }, required: !body.safeParse({}).success } } : {}),
      },
      responses: { ...responsesOf(route), ...refusalsOf(route) },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: `Muster: ${title}`, version: '1', description: 'Runbooks, runs and decisions. Refusals are RFC 9457 problems.' },
    servers: [{ url: '/' }],
  });
}

function whoMay({ permission }: Route): string {
  if (permission === 'public') return 'For everybody.';
  if (permission === 'alerts') return 'For senders of alerts, with a token of `incidents.alerts.tokens`.';
  if (permission === 'signed') return 'For the service that signs what it sends.';
  return `Needs the role ${permission} or a stronger one.`;
}

function securityOf({ permission, signature }: Route): Record<string, string[]>[] {
  if (permission === 'public') return [];
  if (signature) return [{ [signature.header]: [] }];
  return permission === 'alerts' ? [{ token: [] }, { password: [] }] : [{ token: [] }];
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[/:.-]+/).filter(Boolean);
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

function responsesOf(route: Route): Record<string, ResponseConfig> {
  const one = ({ description, schema, type = 'application/json' }: ResponseDescription): ResponseConfig => {
    if (schema) return { description, content: { [type]: { schema } } };
    return type === 'application/json' ? { description } : { description, content: { [type]: { schema: { type: 'string' } } } };
  };
  return Object.fromEntries(Object.entries(route.responses).map(([status, description]) => [status, one(description)]));
}

function refusalsOf(route: Route): Record<string, ResponseConfig> {
  const possible = [
    ...(route.permission === 'public' ? [] : route.permission === 'alerts' || route.permission === 'signed' ? [401] : [401, 403]),
    ...(route.params || route.query || route.body ? [422] : []),
    ...(route.pace === 'unlimited' ? [] : [429, 503]),
  ].filter((status) => !Object.hasOwn(route.responses, status));
  return Object.fromEntries(
    possible.map((status) => [status, { description: refusals[status]!, content: { 'application/problem+json': { schema: problem } } }]),
  );
}
