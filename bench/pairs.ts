/** Measures things in turn, so that what disturbs the machine disturbs them alike; the first rounds only warm up. */
export async function inTurn<K extends string, T>(
  things: Record<K, () => Promise<T>>,
  { rounds, warmUp, say }: { rounds: number; warmUp: number; say: (line: string) => void },
): Promise<Record<K, T[]>> {
  const names = Object.keys(things) as K[];
  const readings = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  let told = Date.now();
  for (let round = 1 - warmUp; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const reading = await things[name]();
      if (round > 0) readings[name].push(reading);
    }
    if (Date.now() - told > 5_000) {
      told = Date.now();
      say(`round ${Math.max(round, 0)} of ${rounds}`);
    }
  }
  return readings;
}
