import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ApiProblem } from '../errors.ts';
import { route, type Route } from '../route.ts';
import { reportQuery, runParams } from '../schemas.ts';

const types = { html: 'text/html', md: 'text/markdown', json: 'application/json' } as const;
// The report is one page with its own style and pictures; it runs nothing and reaches nothing.
const inert = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

/** The report of a run, from the archive folder. */
export function reportRoutes(archiveFolder: string): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/runs/:runId/report',
        permission: 'viewer',
        summary: 'Read the report of a run that has ended',
        params: runParams,
        query: reportQuery,
        responses: {
          200: { description: 'The report in the format that was asked for', type: 'text/html' },
          404: { description: 'No report yet: it is written when the run ends' },
        },
      },
      async ({ params, query }) => {
        const body = await readReport(archiveFolder, params.runId, query.format);
        const headers = { 'Content-Type': `${types[query.format]}; charset=utf-8`, 'Content-Security-Policy': inert };
        return { status: 200, body, headers };
      },
    ),
  ];
}

async function readReport(archiveFolder: string, runId: string, format: keyof typeof types): Promise<Buffer> {
  try {
    const folder = await realpath(archiveFolder);
    const file = await realpath(join(folder, runId, `report.${format}`));
    // A link inside the archive could lead anywhere.
    if (file.startsWith(folder + sep)) return await readFile(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new ApiProblem(404, 'NotFound', `There is no report of ${runId} yet; it is written when the run ends.`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
