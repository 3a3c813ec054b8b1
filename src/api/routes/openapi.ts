import { openApiDocument } from '../openapi.ts';
import { route, type Route } from '../route.ts';

/** The description of all routes, itself included. */
export function openApiRoutes(others: readonly Route[], title: string): Route[] {
  const document: { made?: object } = {};
  const own: Route = route(
    {
      method: 'get',
      path: '/api/openapi.json',
      permission: 'public',
      summary: 'Describe this API as OpenAPI 3.1',
      responses: { 200: { description: 'The document' } },
    },
    async () => ({ status: 200, body: (document.made ??= openApiDocument([...others, own], title)) }),
  );
  return [own];
}
