const factors: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** `500m` → 0.5, `512Mi` → 536870912: cores or bytes. Null when nothing is said, or something that Kubernetes would not take. */
export function amountOf(quantity: string | undefined): number | null {
  const [, number, power, unit = ''] =
    /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(quantity ?? '') ?? [];
  return number === undefined ? null : Number(`${number}${power ?? ''}`) * factors[unit]!;
}

/** Bytes as Kubernetes writes them, e.g. `512Mi`. */
export function bytesText(bytes: number): string {
  const unit = ['Gi', 'Mi', 'Ki'].find((one) => bytes % factors[one]! === 0);
  return unit === undefined ? String(bytes) : `${bytes / factors[unit]!}${unit}`;
}

/** Cores as Kubernetes writes them, e.g. `500m`. */
export function coresText(cores: number): string {
  return Number.isInteger(cores) ? String(cores) : `${Math.round(cores * 1_000)}m`;
}
