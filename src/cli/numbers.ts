import { CliError, exitCodes } from './exit.ts';

/** A whole number that an option takes, within bounds that it may have too. Throws naming the option. */
export function readWhole(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new CliError(`${option} ${text}: say a number from ${least} to ${most}`, exitCodes.usage);
}
