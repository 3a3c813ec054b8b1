import { writeFileSync } from 'node:fs';
import { holds, tableOf, type Bars, type Figure } from './figures.ts';

/** What was measured so far, and what could not be. */
export interface Results {
  readonly figures: readonly Figure[];
  /** Keeps a figure at once, whatever happens afterwards. */
  keep(...figures: Figure[]): void;
  /** Plays a part and keeps what it answers. When it throws, that is noted and the other parts go on. */
  attempt(part: string, play: () => Promise<readonly Figure[]>): Promise<void>;
  /** True when nothing failed and every figure keeps to its bar. */
  holds(): boolean;
  /** For people. */
  table(): string;
}

export interface ResultsOptions {
  bars: Bars;
  /** Where every reading is written, again with each figure; and what else stands there. */
  json?: { file: string; about: object };
}

export function startResults({ bars, json }: ResultsOptions): Results {
  const figures: Figure[] = [];
  const problems: { part: string; problem: string }[] = [];
  const write = (): void => {
    if (json === undefined) return;
    const record = { ...json.about, figures: figures.map((figure) => ({ ...figure, holds: holds(figure) })), problems };
    writeFileSync(json.file, `${JSON.stringify(record, undefined, 2)}\n`);
  };
  const keep = (...more: readonly Figure[]): void => {
    figures.push(...more.map((figure) => (bars[figure.name] === undefined ? figure : { ...figure, bar: bars[figure.name]! })));
    write();
  };
  return {
    ...{ figures, keep },
    attempt: async (part, play) => {
      try {
        keep(...(await play()));
      } catch (error) {
        problems.push({ part, problem: error instanceof Error ? error.message : String(error) });
        write();
      }
    },
    holds: () => problems.length === 0 && figures.every(holds),
    table: () => [tableOf(figures), ...problems.map(({ part, problem }) => `✖ ${part}: ${problem}`)].join('\n'),
  };
}
