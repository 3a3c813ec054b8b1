import { createLogUpdate } from 'log-update';
import type { RunView } from '../../workflows/messages.ts';
import type { RenderOptions } from './canvas.ts';
import { waitLine } from '../needs.ts';
import { renderRun } from './render-run.ts';
import { timeOfDay } from '../../words/times.ts';
import { oneLine, painter, wantsColor } from './words.ts';

const repaintEveryMs = 250;

export interface LiveView<V = RunView> {
  show(view: V): void;
  /** Takes the picture away while somebody else writes to the terminal, e.g. a question. */
  hide(): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** What a live view shows: something with a timeline, and its picture. */
interface Shown<V> {
  idOf: (view: V) => string;
  entriesOf: (view: V) => readonly Entry[];
  render: (view: V, options: RenderOptions) => string;
  /** What it waits for and what answers it; it is told anew when it is another. */
  waitsFor?: (view: V) => string | undefined;
}

/** One line of a timeline. */
interface Entry {
  at: string;
  kind: string;
  text: string;
  by?: string;
}

/** Shows a run while it goes on: a picture that is repainted in a terminal, otherwise one line for every change. */
export function liveView(stream: NodeJS.WriteStream = process.stdout, { saysWaits = true } = {}): LiveView {
  return liveOf(
    { idOf: ({ runId }) => runId, entriesOf: ({ timeline }) => timeline, render: renderRun, ...(saysWaits ? { waitsFor: waitLine } : {}) },
    stream,
  );
}

/** The same for something else that has a timeline. */
export function liveOf<V>(shown: Shown<V>, stream: NodeJS.WriteStream = process.stdout): LiveView<V> {
  return stream.isTTY ? repainted(shown, stream) : lineByLine(shown, stream);
}

function repainted<V>({ render }: Shown<V>, stream: NodeJS.WriteStream): LiveView<V> {
  const paint = createLogUpdate(stream);
  let latest: V | undefined;
  const picture = () => render(latest!, { now: Date.now(), width: stream.columns ?? 80, color: wantsColor(stream) });
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

function lineByLine<V>({ idOf, entriesOf, waitsFor }: Shown<V>, stream: NodeJS.WriteStream): LiveView<V> {
  let told = 0;
  let id: string | undefined;
  let waits: string | undefined;
  return {
    show: (view) => {
      if (idOf(view) !== id) [id, told] = [idOf(view), 0];
      const entries = entriesOf(view);
      for (const entry of entries.slice(told)) stream.write(`${renderEntry(entry, wantsColor(stream))}\n`);
      told = entries.length;
      const now = waitsFor?.(view);
      if (now !== undefined && now !== waits) {
        const [what, answers] = [now.split('\n')[0]!, now.split('\n').slice(1).join('\n')];
        const known = waits?.endsWith(answers) ?? false;
        stream.write(`${painter(wantsColor(stream))('yellow', `… ${known ? what : now}`)}\n`);
      }
      waits = now;
    },
    hide: () => undefined,
    end: () => undefined,
  };
}

/** One entry of a timeline in one line. */
export function renderEntry({ at, kind, text, by }: Entry, color: boolean): string {
  const paint = painter(color);
  return `${paint('gray', timeOfDay(at))} ${kind.padEnd(8)} ${oneLine(text)}${by && !text.startsWith(by) ? paint('gray', ` (${oneLine(by)})`) : ''}`;
}
