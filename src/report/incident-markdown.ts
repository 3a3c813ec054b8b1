import { render, type TemplateValues } from '../workflows/incident/fields.ts';
import type { Report } from './chain.ts';
import { readIncident, type IncidentContents } from './incident-content.ts';
import { sections } from './incident-sections.ts';
import { facts, text } from './markdown-text.ts';
import { sectionMarkdown } from './section.ts';

/** The report of an incident as GitHub-flavoured Markdown: the environment's own template first, then the record. */
export function renderIncidentMarkdown(report: Report): string {
  const contents = readIncident(report);
  const { incident, head } = contents;
  const { number, severity, severityTitle, serviceTitle, environment, state, status, drill } = incident;
  const about = facts({
    Severity: `${severity}, ${severityTitle}`,
    Service: `${serviceTitle} in ${environment}`,
    State: `${state}: it ${status}`,
    Impact: incident.impact || undefined,
    'Head of the chain': head,
  });
  return [
    `${inOwnWords(contents).trimEnd()}\n`,
    `# ${drill ? 'DRILL: ' : ''}Record of ${text(number)} ${text(incident.title)}\n\n${about}`,
    ...sections.map((section) => sectionMarkdown(section(contents))),
    'Check this report with `muster verify` on its folder; it needs no network.\n',
  ].join('\n');
}

/** The environment's template with its fields filled in: the template may format, what people and alerts said may not. */
export function inOwnWords({ words: { template, values } }: Pick<IncidentContents, 'words'>): string {
  const safe = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, lines(value)])) as TemplateValues;
  return render(template, safe);
}

function lines(value: string): string {
  return value.split('\n').map(line).join('\n');
}

/** A line of a list stays one; a line that only looks like a heading, a list or a quotation does not become one. */
function line(said: string): string {
  if (said.startsWith('- ')) return `- ${text(said.slice(2))}`;
  return text(said)
    .replace(/^([-+>#=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}
