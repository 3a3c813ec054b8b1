import type { IncidentMonth } from '../incidents/month.ts';
import { html } from './html-text.ts';
import { text } from './markdown-text.ts';
import { monthName, monthSections, monthSentences } from './month-sections.ts';
import { severitiesSvg, severityLegend, weeksSvg } from './month-svg.ts';
import { page } from './page.ts';
import { sectionHtml, sectionMarkdown } from './section.ts';
import { fills } from './waterfall-svg.ts';
import { dateAndTime } from '../words/times.ts';

const titleOf = (month: IncidentMonth): string => `Incidents of ${monthName(month)}: ${month.environment.title}`;

/** The report of a month of incidents, as Markdown. */
export function monthMarkdown(month: IncidentMonth): string {
  const sections = monthSections.map((section) => sectionMarkdown(section(month)));
  return [
    `# ${text(titleOf(month))}\n\n${monthSentences(month).map(text).join(' ')}\n`,
    ...sections,
    `Until ${dateAndTime(month.to)}.\n`,
  ].join('\n');
}

/** The same as one page with pictures, without script or anything from outside. */
export function monthHtml(month: IncidentMonth): string {
  const sections = monthSections.map((section) => section(month));
  return page({
    title: titleOf(month),
    bar: ['report of a month', `environment ${month.environment.name}`, `until ${dateAndTime(month.to)}`],
    body: html`${fills()}
      <p class="lead">${monthSentences(month).join(' ')}</p>
      <nav aria-label="Parts of the report">
        <a href="#weeks">Week by week</a> <a href="#severities">By severity</a>
        ${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
      </nav>
      <h2 id="weeks">Week by week</h2>
      ${weeksSvg(month)} ${severityLegend(month)}
      <h2 id="severities">By severity</h2>
      ${severitiesSvg(month)} ${sections.map(sectionHtml)}`,
  });
}
