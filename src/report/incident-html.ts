import MarkdownIt from 'markdown-it';
import type { Report } from './chain.ts';
import { Html, html } from './html-text.ts';
import { readIncident, type IncidentContents } from './incident-content.ts';
import { inOwnWords } from './incident-markdown.ts';
import { sections } from './incident-sections.ts';
import { page } from './page.ts';
import { sectionHtml } from './section.ts';
import { duration } from '../words/durations.ts';
import { dateAndTime } from '../words/times.ts';

/** The report of an incident as one page without script or anything from outside, in the look of the reports of runs. */
export function renderIncidentHtml(report: Report): string {
  const contents = readIncident(report);
  const { incident, head } = contents;
  const { number, title, drill, environment, milestones } = incident;
  const parts = sections.map((section) => section(contents));
  return page({
    title: `${drill ? 'DRILL: ' : ''}${number} ${title}`,
    bar: ['report of an incident', `environment ${environment}`, dateAndTime(milestones.startedAt)],
    head,
    body: html`${opening(contents)}
      <nav aria-label="Parts of the report">
        <a href="#words">In its own words</a>
        ${parts.map(({ id, title: name }) => html`<a href="#${id}">${name}</a>`)}
      </nav>
      <h2 id="words">In its own words</h2>
      <div class="words">${markdown(inOwnWords(contents))}</div>
      ${parts.map(sectionHtml)}`,
  });
}

/** Markup in the text is shown as text, and never is markup; headings stand below those of the page. */
function markdown(text: string): Html {
  const parser = new MarkdownIt({ html: false, linkify: false });
  parser.core.ruler.push('lower-headings', ({ tokens }) => {
    for (const token of tokens.filter(({ type }) => type.startsWith('heading_'))) token.tag = `h${Math.min(6, Number(token.tag[1]) + 2)}`;
  });
  return new Html(parser.render(text));
}

function opening({ incident }: IncidentContents): Html {
  const { severity, severityTitle, serviceTitle, status, impact, milestones: at, kept } = incident;
  const due = kept.internal.due + kept.customers.due;
  return html`<p class="lead">${serviceTitle}: it ${status}.${impact && ` ${impact}`}</p>
    <div class="cards">
      <div class="card big">
        <div class="label">From its beginning to its end</div>
        <div class="value">${at.resolvedAt ? took(at.startedAt, at.resolvedAt) : 'not resolved'}</div>
        <div class="note">${severity}, ${severityTitle}</div>
      </div>
      <div class="card">
        <div class="label">Until it was noticed</div>
        <div class="value">${took(at.startedAt, at.detectedAt)}</div>
        <div class="note">time to detect</div>
      </div>
      <div class="card">
        <div class="label">Until somebody took it up</div>
        <div class="value">${took(at.detectedAt, at.acknowledgedAt)}</div>
        <div class="note">time to acknowledge</div>
      </div>
      <div class="card">
        <div class="label">Promised updates</div>
        <div class="value">${due === 0 ? 'none' : `${kept.internal.kept + kept.customers.kept} of ${due}`}</div>
        <div class="note">${due > 0 && 'were kept'}</div>
      </div>
    </div> `;
}

const took = (from: string, to: string | undefined): string =>
  to === undefined ? 'never' : duration(Math.max(0, Date.parse(to) - Date.parse(from)));
