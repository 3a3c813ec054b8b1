import { serialize, type Report } from './chain.ts';
import { renderHtml } from './html.ts';
import { isIncident } from './incident-content.ts';
import { renderIncidentHtml } from './incident-html.ts';
import { renderIncidentMarkdown } from './incident-markdown.ts';
import { renderMarkdown } from './markdown.ts';
import { readReport, reportPath } from './read.ts';

export type ReportFormat = 'json' | 'md' | 'html';

/** How each form is made from a sealed report. */
export const renderers: Readonly<Record<ReportFormat, (report: Report) => string>> = {
  json: serialize,
  md: (report) => (isIncident(report) ? renderIncidentMarkdown : renderMarkdown)(report),
  html: (report) => (isIncident(report) ? renderIncidentHtml : renderHtml)(report),
};

/** Renders a report (its file or folder) anew. Throws BrokenReport when it is not as it was written. */
export async function renderReport(path: string, format: ReportFormat): Promise<string> {
  return renderers[format](await readReport((await reportPath(path)).file));
}
