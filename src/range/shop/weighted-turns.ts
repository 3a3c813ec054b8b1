/** Answers keys in turn so that each comes as often as its weight says, spread evenly; all weights 0 count as equal, as in Route 53. */
export function createWeightedTurns<Key>(): (weights: ReadonlyMap<Key, number>) => Key | undefined {
  const credits = new Map<Key, number>();
  return (weights) => {
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const shares = [...weights].map(([key, weight]) => ({ key, share: total === 0 ? 1 / weights.size : weight / total }));
    for (const { key, share } of shares) credits.set(key, (credits.get(key) ?? 0) + share);
    const [next] = shares.filter(({ share }) => share > 0).sort((one, other) => credits.get(other.key)! - credits.get(one.key)!);
    if (!next) return undefined;
    credits.set(next.key, credits.get(next.key)! - 1);
    return next.key;
  };
}
