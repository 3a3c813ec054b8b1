import type { Paint } from './words.ts';

export interface RenderOptions {
  /** Now, in milliseconds since 1970: ages and durations count up to it. */
  now: number;
  /** Columns; lines are cut to them. */
  width: number;
  color: boolean;
}

export interface Canvas extends RenderOptions {
  paint: Paint;
}

/** Milliseconds since 1970 of an ISO time that may not be there yet. */
export function timeOf(iso: string | undefined, otherwise: number): number {
  return iso === undefined ? otherwise : Date.parse(iso);
}
