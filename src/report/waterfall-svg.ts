import { html as svg, type Html } from './html-text.ts';
import { total, type Stretch, type Who } from './stretches.ts';
import type { Lane, Mark, Waterfall } from './waterfall.ts';
import { duration } from '../words/durations.ts';

/** Beside: names in a column of their own. Above: each name over its bar, for narrow screens. */
export interface Shape {
  id: string;
  width: number;
  names: 'beside' | 'above';
}

/** What each kind of stretch means; told apart by pattern as well as by colour. */
export const meanings: Record<Who, string> = {
  notice: 'nobody had noticed yet',
  people: 'waiting for people',
  tools: 'waiting for tools (cloud, database, service)',
  retries: 'trying again',
  muster: 'Muster itself',
};

const [top, bar, characterWidth] = [50, 12, 6.2];

interface Chart extends Shape {
  left: number;
  right: number;
  bottom: number;
  x: (ms: number) => number;
}

/** The picture of where the time went: a lane for each step, the customers' outage as a band over all of them, decisions marked. */
export function waterfallSvg(waterfall: Waterfall, shape: Shape): Html {
  const { lanes, outage, endMs, runStartMs } = waterfall;
  const noReturn = waterfall.marks.filter(({ kind }) => kind === 'point of no return');
  const decisions = waterfall.marks.filter(({ kind }) => kind !== 'point of no return');
  const rows = placeRows(lanes, decisions, shape.names);
  const chart = chartOf(shape, endMs, rows.at(-1)?.bottom ?? top);
  const height = chart.bottom + 12 + noReturn.length * 18;
  return svg`<svg class="waterfall ${shape.names}" viewBox="0 0 ${shape.width} ${height}" role="img" aria-labelledby="${shape.id}-title ${shape.id}-desc">
<title id="${shape.id}-title">Where the time went</title>
<desc id="${shape.id}-desc">${describe(waterfall)}</desc>
${ticksUpTo(endMs, shape.names === 'beside' ? 8 : 4).map((ms) => tick(ms, chart))}
${outage && band(chart.x(outage.from), chart.x(outage.to), `customers wait ${duration(outage.to - outage.from)}`, chart)}
${runStartMs > 0 && svg`<path class="start" d="M${chart.x(runStartMs)} ${top - 6} V${chart.bottom}"><title>the run starts</title></path>`}
${noReturn.map((mark, index) => flag(mark, index, chart))}
${lanes.map((lane, index) =>
  laneRow(
    lane,
    rows[index]!,
    decisions.filter((mark) => mark.lane === index),
    chart,
  ),
)}
</svg>`;
}

function chartOf(shape: Shape, endMs: number, bottom: number): Chart {
  const [left, margin] = shape.names === 'beside' ? [350, 84] : [4, 4];
  const right = shape.width - margin;
  return { ...shape, left, right, bottom, x: (ms) => round(left + (ms / Math.max(1, endMs)) * (right - left)) };
}

interface Row {
  name: number;
  bar: number;
  bottom: number;
}

function placeRows(lanes: readonly Lane[], decisions: readonly Mark[], names: Shape['names']): Row[] {
  let y = top;
  return lanes.map((_lane, index) => {
    const pills = decisions.some((mark) => mark.lane === index) ? 20 : 0;
    const barTop = y + (names === 'above' ? 20 : 6) + pills;
    const row = { name: names === 'above' ? y + 14 : barTop + 10, bar: barTop, bottom: barTop + bar + 6 };
    y = row.bottom;
    return row;
  });
}

function laneRow(lane: Lane, row: Row, decisions: readonly Mark[], chart: Chart): Html {
  const beside = chart.names === 'beside';
  const took = duration(total(lane.stretches));
  const hidden = lane.criticalMs === 0;
  const room = Math.floor((beside ? chart.left - 14 : chart.width - (took.length + 5) * characterWidth) / characterWidth);
  const name = lane.name.length > room ? `${lane.name.slice(0, room - 1)}…` : lane.name;
  const middle = row.bar + bar / 2;
  return svg`<g><title>${lane.name}: ${took}, from ${duration(lane.from)}${hidden && ', side by side with something longer'}. ${shares(lane.stretches)}</title>
<text x="${beside ? chart.left - 10 : chart.left}" y="${row.name}" text-anchor="${beside ? 'end' : 'start'}">${name}</text>
<text class="took" x="${chart.width - 4}" y="${row.name}" text-anchor="end">${took}${hidden && ' ∥'}</text>
<path class="track" d="M${chart.left} ${middle} H${chart.right}"/>
${lane.stretches.map((stretch) => bars(stretch, row.bar, chart))}${pills(decisions, row.bar, chart)}</g>
`;
}

function bars({ from, to, who }: Stretch, y: number, { x }: Chart): Html {
  return svg`<rect class="stretch" x="${x(from)}" y="${y}" width="${round(Math.max(1.5, x(to) - x(from)))}" height="${bar}" fill="url(#fill-${who})"/>`;
}

/** Names of those who decided, over the moment of each; moved aside where they would overlap. */
function pills(decisions: readonly Mark[], y: number, { x, left, width }: Chart): Html[] {
  let free = left;
  return decisions.map(({ at, kind, text }) => {
    const words = `${kind === 'approve' ? '✔' : '✖'} ${text}`;
    const size = round(words.length * characterWidth + 14);
    const from = round(Math.min(Math.max(free, x(at) - size / 2), width - size - 1));
    const middle = round(from + size / 2);
    free = from + size + 4;
    return svg`<path class="pin" d="M${middle} ${y - 5} L${x(at)} ${y} V${y + bar}"/><rect class="pill ${kind}" x="${from}" y="${y - 20}" width="${size}" height="16" rx="8"/><text x="${middle}" y="${y - 8}" text-anchor="middle">${words}</text>`;
  });
}

function tick(ms: number, { x, bottom }: Chart): Html {
  return svg`<path class="grid" d="M${x(ms)} ${top - 6} V${bottom}"/><text class="tick" x="${x(ms)}" y="38" text-anchor="${ms === 0 ? 'start' : 'middle'}">${ms === 0 ? '0' : duration(ms)}</text>`;
}

function band(from: number, to: number, words: string, { left, bottom }: Chart): Html {
  const size = round(Math.max(2, to - from));
  const room = words.length * 7 + 12;
  const beside = from - left > room ? svg`x="${from - 6}" text-anchor="end"` : svg`x="${to + 6}" text-anchor="start"`;
  const text =
    room < size
      ? svg`<text class="band-text" x="${round((from + to) / 2)}" y="16" text-anchor="middle">${words}</text>`
      : svg`<text class="band-beside" y="16" ${beside}>${words}</text>`;
  return svg`<rect class="band" x="${from}" y="${top - 6}" width="${size}" height="${bottom - top + 6}"/><path class="band-edge" d="M${from} ${top - 6} V${bottom} M${to} ${top - 6} V${bottom}"/><rect class="band-head" x="${from}" y="2" width="${size}" height="20"/>${text}`;
}

function flag({ at, text }: Mark, index: number, { x, bottom, left, width }: Chart): Html {
  const words = `⚑ point of no return: ${text}`;
  const y = bottom + 16 + index * 18;
  const size = words.length * characterWidth * 1.1;
  const fits = x(at) + 5 + size < width;
  const place = fits ? svg`x="${x(at) + 5}"` : x(at) - 5 - size > 0 ? svg`x="${x(at) - 5}" text-anchor="end"` : svg`x="${left}"`;
  return svg`<path class="flag" d="M${x(at)} ${top - 6} V${y}"/><text class="flag-text" y="${y}" ${place}>${words}</text>`;
}

/** The fills that bars, split bars and legend share; put once into the page. */
export function fills(): Html {
  const marks: Record<Who, Html> = {
    notice: svg`<path class="ink-notice" d="M0 1.5 H6 M0 4.5 H6"/>`,
    people: svg`<circle class="ink-people" cx="3" cy="3" r="1.3"/>`,
    tools: svg``,
    retries: svg`<path class="ink-retries" d="M-1 7 L7 -1 M-1 1 L1 -1 M5 7 L7 5"/>`,
    muster: svg`<path class="ink-muster" d="M3 0 V6"/>`,
  };
  const pattern = (who: Who) =>
    svg`<pattern id="fill-${who}" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="fill-${who}" width="6" height="6"/>${marks[who]}</pattern>`;
  return svg`<svg class="fills" width="0" height="0" aria-hidden="true"><defs>${(Object.keys(meanings) as Who[]).map(pattern)}</defs></svg>`;
}

function shares(stretches: readonly Stretch[]): string {
  return (Object.keys(meanings) as Who[])
    .map((who) => ({ who, ms: total(stretches.filter((stretch) => stretch.who === who)) }))
    .filter(({ ms }) => ms > 0)
    .map(({ who, ms }) => `${meanings[who]} ${duration(ms)}`)
    .join(', ');
}

function describe({ lanes, outage, run }: Waterfall): string {
  const customers = outage ? `Customers waited from ${duration(outage.from)} to ${duration(outage.to)}. ` : '';
  return `${customers}The run took ${duration(run.totalMs)}, ${duration(run.peopleMs)} of it waiting for people. ${lanes.length} lanes follow, in the order of their start; the table below says the same in numbers.`;
}

/** Round numbers of milliseconds, at most `most` of them after zero. */
function ticksUpTo(endMs: number, most: number): number[] {
  const small = [1, 10, 100, 1_000, 10_000].flatMap((size) => [size, 2 * size, 5 * size]);
  const step =
    [...small, 60_000, 120_000, 300_000, 600_000, 1_800_000].find((size) => endMs / size <= most) ??
    3_600_000 * Math.ceil(endMs / 3_600_000 / most);
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
