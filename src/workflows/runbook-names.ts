import * as abouts from './abouts.ts';

export type RunbookName = (typeof abouts)[keyof typeof abouts]['name'];

/** Every runbook, for what must know their names and no more. */
export const runbookNames = Object.values(abouts).map(({ name }) => name) as [RunbookName, ...RunbookName[]];
