/** `0 s`, `87 ms`, `4.2 s`, `1 min 59.5 s`, `12 min 41 s`, `1 h 04 min`, `2 d 3 h`. */
export function duration(ms: number): string {
  if (ms < 1) return '0 s';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${Number((ms / 1_000).toFixed(2))} s`;
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 599_950) return minutes(Math.round(ms / 100) / 10);
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return minutes(seconds);
  const whole = Math.round(seconds / 60);
  if (whole < 2_880) return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`;
  const hours = Math.round(whole / 60);
  return `${Math.floor(hours / 24)} d${hours % 24 > 0 ? ` ${hours % 24} h` : ''}`;
}

/** A duration that may not have been measured. */
export function durationOr(ms: number | null | undefined, otherwise = 'not measured'): string {
  return ms === null || ms === undefined ? otherwise : duration(ms);
}

/** `0.2 s`, `7168 s`: in facts that recorded gates hold as a sentence, because the digest of an approval is made of it. */
export const inSeconds = (ms: number, digits = 0): string => `${(ms / 1_000).toFixed(digits)} s`;

function minutes(seconds: number): string {
  const rest = Number((seconds % 60).toFixed(1));
  return `${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
}
