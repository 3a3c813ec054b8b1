/** `14:03:22.123 UTC`; a text that is no time stays as it is. */
export function clock(time: string): string {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(11, 23)} UTC`;
}

/** `14:03:22Z`, for columns. */
export const timeOfDay = (iso: string): string => `${iso.slice(11, 19)}Z`;

/** `2026-03-14 14:03:22 UTC`. */
export function dateAndTime(time: string): string {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `2026-03-14 14:03:22.123 UTC`, as evidence needs it. */
export function exactly(time: string): string {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(0, 10)} ${clock(iso)}`;
}

function isoOf(time: string): string | undefined {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
