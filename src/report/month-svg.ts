import type { IncidentMetrics } from '../incidents/metrics.ts';
import { html as svg, type Html } from './html-text.ts';
import { count } from '../words/amounts.ts';

/** Fills of the report's page, by rank of severity; told apart by pattern as well as by colour. */
const fillNames = ['people', 'tools', 'retries', 'muster', 'notice'] as const;
const fillOf = (rank: number): string => `url(#fill-${fillNames[rank % fillNames.length]!})`;

const [width, bottom, top, barWidth] = [1_000, 210, 30, 90];

type Shown = Pick<IncidentMetrics, 'weeks' | 'bySeverity' | 'incidents'>;

/** Bars of the incidents week by week, the most severe at the bottom; the tables say the same in numbers. */
export function weeksSvg({ weeks, bySeverity }: Shown): Html {
  const most = Math.max(1, ...weeks.map(({ count: all }) => all));
  const severities = bySeverity.map(({ severity }) => severity);
  const unit = (bottom - top) / most;
  const space = width / Math.max(1, weeks.length);
  const bars = weeks.map((week, index) => {
    const x = round(space * index + (space - barWidth) / 2);
    let y = bottom;
    const parts = severities.map((severity, rank) => {
      const here = week.bySeverity[severity] ?? 0;
      y = round(y - here * unit);
      const title = `${severity}: ${count(here, 'incident')}`;
      return (
        here > 0 &&
        svg`<rect class="stretch" x="${x}" y="${y}" width="${barWidth}" height="${round(here * unit)}" fill="${fillOf(rank)}"><title>${title}</title></rect>`
      );
    });
    const middle = round(x + barWidth / 2);
    return svg`<g>${parts}<text x="${middle}" y="${y - 6}" text-anchor="middle">${week.count}</text><text class="tick" x="${middle}" y="${bottom + 18}" text-anchor="middle">${dayName.format(new Date(week.from))}</text></g>`;
  });
  return svg`<svg class="waterfall" viewBox="0 0 ${width} ${bottom + 30}" role="img" aria-labelledby="weeks-title"><title id="weeks-title">Incidents week by week: ${weeks.map((week) => `${week.from.slice(0, 10)} ${week.count}`).join(', ')}</title>
<path class="grid" d="M0 ${bottom} H${width}"/>${bars}</svg>`;
}

/** How many incidents there were of each severity, as bars with their numbers. */
export function severitiesSvg({ bySeverity }: Shown): Html {
  const most = Math.max(1, ...bySeverity.map(({ count: all }) => all));
  const [left, row, room] = [110, 28, width - 110 - 60];
  const rows = bySeverity.map(({ severity, count: here }, rank) => {
    const y = rank * row;
    const size = round((here / most) * room);
    const bar =
      here > 0 && svg`<rect class="stretch" x="${left}" y="${y + 4}" width="${size}" height="${row - 10}" fill="${fillOf(rank)}"/>`;
    return svg`<text x="${left - 10}" y="${y + 18}" text-anchor="end">${severity}</text>${bar}<text x="${left + size + 8}" y="${y + 18}">${here}</text>`;
  });
  return svg`<svg class="waterfall" viewBox="0 0 ${width} ${bySeverity.length * row + 4}" role="img" aria-labelledby="severities-title"><title id="severities-title">Incidents by severity: ${bySeverity.map(({ severity, count: here }) => `${severity} ${here}`).join(', ')}</title>${rows}</svg>`;
}

/** What each fill means. */
export function severityLegend({ bySeverity }: Shown): Html {
  const items = bySeverity.map(
    ({ severity }, rank) =>
      svg`<li><svg viewBox="0 0 26 12" aria-hidden="true"><rect class="stretch" width="26" height="12" fill="${fillOf(rank)}" /></svg>${severity}</li>`,
  );
  return svg`<ul class="legend">${items}</ul>`;
}

const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const round = (value: number): number => Math.round(value * 10) / 10;
