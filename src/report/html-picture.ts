import type { Contents } from './content.ts';
import { html, table, type Html } from './html-text.ts';
import { total, type Who } from './stretches.ts';
import type { Split } from './waterfall.ts';
import { meanings, waterfallSvg } from './waterfall-svg.ts';
import { duration } from '../words/durations.ts';
import { dateAndTime } from '../words/times.ts';

/** One bar that shows how a time divides, with its numbers in words below. */
export function splitBar(name: string, split: Split): Html {
  const parts: { who: Who; ms: number }[] = [
    { who: 'notice', ms: split.noticeMs },
    { who: 'people', ms: split.peopleMs },
    { who: 'tools', ms: split.toolsMs - split.retriesMs },
    { who: 'retries', ms: split.retriesMs },
    { who: 'muster', ms: split.musterMs },
  ];
  const shown = parts.filter(({ ms }) => ms > 0);
  let x = 0;
  const rects = shown.map(({ who, ms }) => {
    const width = (1_000 * ms) / Math.max(1, split.totalMs);
    const rect = html`<rect class="stretch" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="26" fill="url(#fill-${who})"
      ><title>${meanings[who]}: ${duration(ms)}</title></rect
    >`;
    x += width;
    return rect;
  });
  const words = shown.map(({ who, ms }) => html`<li>${swatch(who)}${meanings[who]} <b>${duration(ms)}</b></li>`);
  return html`<div class="soft">${name}, ${duration(split.totalMs)}:</div>
    <svg class="split" viewBox="0 0 1000 26" preserveAspectRatio="none" role="img" aria-label="${name}; the numbers follow">${rects}</svg>
    <ul class="legend">
      ${words}
    </ul> `;
}

/** The waterfall, its legend, and the same in numbers. */
export function picture({ waterfall }: Contents): Html {
  const { lanes, zero, run, dnsTailMs, besideDecisionsMs, marks } = waterfall;
  const rows = lanes.map((lane) => [
    lane.name,
    number(lane.from),
    number(total(lane.stretches)),
    number(lane.criticalMs),
    number(total(lane.stretches.filter(({ who }) => who === 'retries'))),
  ]);
  const counted = lanes.reduce((sum, { criticalMs }) => sum + criticalMs, 0);
  const legend = (Object.keys(meanings) as Who[]).map((who) => html`<li>${swatch(who)}${meanings[who]}</li>`);
  return html`<h2 id="time">Where the time went</h2>
    <p>
      Time runs to the right from ${dateAndTime(zero)}. Of the run’s ${duration(run.totalMs)}, ${duration(run.peopleMs)} went into waiting
      for people, ${duration(run.toolsMs)} into waiting for tools${run.retriesMs > 0 && ` (${duration(run.retriesMs)} of it trying again)`}
      and ${duration(run.musterMs)} into Muster
      itself.${besideDecisionsMs > 0 && ` ${duration(besideDecisionsMs)} of work was done while people decided, and so cost no time.`}${dnsTailMs !== undefined && ` After the last record change customers waited ${duration(dnsTailMs)} more, until their resolvers had noticed.`}
    </p>
    ${waterfallSvg(waterfall, { id: 'wide', width: 1080, names: 'beside' })}
    ${waterfallSvg(waterfall, { id: 'narrow', width: 362, names: 'above' })}
    <ul class="legend">
      ${legend}${
        waterfall.outage &&
        html`<li>
          <svg viewBox="0 0 26 12" aria-hidden="true">
            <rect class="band" width="26" height="12" />
            <path class="band-edge" d="M1 0 V12 M25 0 V12" /></svg
          >customers wait
        </li>`
      }${marks.length > 0 && html`<li>✔ ✖ decisions, ⚑ point of no return</li>`}
      <li>∥ ran beside something longer</li>
    </ul>
    <details>
      <summary>The same in numbers</summary>
      ${table(['Lane', 'Begins at', 'Took', 'Counted', 'Of it retries'], rows)}
      <p class="soft">
        “Counted” is the time in which everything waited for that lane; it adds up to ${duration(counted)}, from the loss to the end of the
        run.
      </p>
    </details> `;
}

function number(ms: number): Html {
  return html`<span class="number">${duration(ms)}</span>`;
}

function swatch(who: Who): Html {
  return html`<svg viewBox="0 0 26 12" aria-hidden="true"><rect class="stretch" width="26" height="12" fill="url(#fill-${who})" /></svg>`;
}
