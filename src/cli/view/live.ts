import { createLogUpdate } from 'log-update';
import type { RunView, TimelineEntry } from '../../workflows/messages.ts';
import { renderRun } from './render-run.ts';
import { clock, oneLine, painter, wantsColor } from './words.ts';

const repaintEveryMs = 250;

export interface LiveView {
  show(view: RunView): void;
  /** Takes the picture away while somebody else writes to the terminal, e.g. a question. */
  hide(): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** Shows a run while it goes on: a picture that is repainted in a terminal, otherwise one line for every change. */
export function liveView(stream: NodeJS.WriteStream = process.stdout): LiveView {
  return stream.isTTY ? repainted(stream) : lineByLine(stream);
}

function repainted(stream: NodeJS.WriteStream): LiveView {
  const paint = createLogUpdate(stream);
  let latest: RunView | undefined;
  const picture = () => renderRun(latest!, { now: Date.now(), width: stream.columns ?? 80, color: wantsColor(stream) });
  // Durations and ages grow while nothing happens.
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    paint.clear();
  };
  return {
    show: (view) => {
      latest = view;
      paint(picture());
      timer ??= setInterval(() => paint(picture()), repaintEveryMs);
    },
    hide: stop,
    end: () => {
      stop();
      paint.done();
      // Written whole: a picture higher than the terminal was shown cut.
      if (latest) stream.write(`${picture()}\n`);
    },
  };
}

function lineByLine(stream: NodeJS.WriteStream): LiveView {
  let told = 0;
  let runId: string | undefined;
  return {
    show: (view) => {
      if (view.runId !== runId) [runId, told] = [view.runId, 0];
      for (const entry of view.timeline.slice(told)) stream.write(`${renderEntry(entry, wantsColor(stream))}\n`);
      told = view.timeline.length;
    },
    hide: () => undefined,
    end: () => undefined,
  };
}

/** One entry of a run's timeline in one line. */
export function renderEntry({ at, kind, text, by }: TimelineEntry, color: boolean): string {
  const paint = painter(color);
  return `${paint('gray', clock(at))} ${kind.padEnd(8)} ${oneLine(text)}${by && !text.startsWith(by) ? paint('gray', ` (${oneLine(by)})`) : ''}`;
}
