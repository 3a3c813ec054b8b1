/** The name that somebody most likely meant: the same but for its case, one that it begins, or one that few slips make of it. */
export function nearest(said: string, names: readonly string[]): string | undefined {
  const low = said.toLowerCase();
  const same = names.find((name) => name.toLowerCase() === low);
  if (same !== undefined) return same;
  const begun = low.length < 2 ? [] : names.filter((name) => name.toLowerCase().startsWith(low));
  if (begun.length === 1) return begun[0];
  const most = Math.max(1, Math.floor(low.length / 3));
  const [first] = names
    .map((name) => ({ name, slips: slipsBetween(low, name.toLowerCase()) }))
    .filter(({ slips }) => slips <= most)
    .sort((one, other) => one.slips - other.slips);
  return first?.name;
}

/** `did you mean shop? known: shop, stock`, to stand behind a name that there is not. */
export function namesKnown(said: string, names: readonly string[]): string {
  const near = nearest(said, names);
  return `${near === undefined ? '' : `did you mean ${near}? `}known: ${names.join(', ') || 'none'}`;
}

/** How many letters are wrong, missing, too many or changed about: what a hand does in haste. */
function slipsBetween(one: string, other: string): number {
  let [before, above]: number[][] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = one[row - 1] === other[column - 1] ? 0 : 1;
      let slips = Math.min(above![column]! + 1, line[column - 1]! + 1, above![column - 1]! + changed);
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (row > 1 && column > 1 && swapped) slips = Math.min(slips, before![column - 2]! + 1);
      line.push(slips);
    }
    [before, above] = [above, line];
  }
  return above!.at(-1)!;
}
