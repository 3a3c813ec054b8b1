import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { ApiProblem } from '../errors.ts';
import { route, type Answer, type Route } from '../route.ts';
import { reportQuery, runParams } from '../schemas.ts';

const types = { html: 'text/html', md: 'text/markdown', json: 'application/json' } as const;
type Format = keyof typeof types;
// The report is one page with its own style and pictures; it runs nothing and reaches nothing.
const inert = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

/** Where reports lie, and whose are handed out: environments may share a folder. */
export interface ReportPlace {
  archiveFolder: string;
  environment: string;
}

/** The report of a run, from the archive folder. */
export function reportRoutes(place: ReportPlace): Route[] {
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
        const missing = `There is no report of ${params.runId} yet; it is written when the run ends.`;
        return answerReport(place, params.runId, query.format, missing);
      },
    ),
  ];
}

/** A report out of a folder of the archive. Throws a 404 problem with the sentence `missing`, also for another environment's. */
export async function answerReport(place: ReportPlace, below: string, format: Format, missing: string): Promise<Answer> {
  const sealed = await readReport(place.archiveFolder, below, 'json');
  const ours = sealed !== undefined && environmentOf(sealed) === place.environment;
  const body = ours ? (format === 'json' ? sealed : await readReport(place.archiveFolder, below, format)) : undefined;
  if (!body) throw new ApiProblem(404, 'NotFound', missing);
  return { status: 200, body, headers: { 'Content-Type': `${types[format]}; charset=utf-8`, 'Content-Security-Policy': inert } };
}

const ofEnvironment = z.object({ data: z.object({ environment: z.string() }) });
const aReport = z.object({ entries: z.array(z.unknown()) });

/** The environment that a report says it is of, in its first entry. */
function environmentOf(report: Buffer): string | undefined {
  try {
    return ofEnvironment.parse(aReport.parse(JSON.parse(report.toString('utf8'))).entries[0]).data.environment;
  } catch {
    return undefined;
  }
}

async function readReport(archiveFolder: string, below: string, format: Format): Promise<Buffer | undefined> {
  try {
    const folder = await realpath(archiveFolder);
    const file = await realpath(join(folder, below, `report.${format}`));
    // A link inside the archive could lead anywhere.
    if (file.startsWith(folder + sep)) return await readFile(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
