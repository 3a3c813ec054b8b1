/** Size of PostgreSQL's pages, in bytes. */
export const pageSize = 8_192;

const lanes = 32;
const prime = 16_777_619;
/** PostgreSQL's own start values, one a lane (storage/checksum_impl.h). */
const offsets = [
  [0x5b1f36e9, 0xb8525960, 0x02ab50aa, 0x1de66d2a, 0x79ff467a, 0x9bb9f8a3, 0x217e7cd2, 0x83e13d2c],
  [0xf8d4474f, 0xe39eb970, 0x42c6ae16, 0x993216fa, 0x7b093b5d, 0x98daff3c, 0xf718902a, 0x0b1c9cdb],
  [0xe58f764b, 0x187636bc, 0x5d7b3bb1, 0xe73de7de, 0x92bec979, 0xcca6c0b2, 0x304a0979, 0x85aa43d4],
  [0x783125bb, 0x6ca8eaa2, 0xe407eac6, 0x4b5cfc3e, 0x9fbf8c76, 0x15ca20be, 0xf2ca9fd3, 0x959bd756],
].flat();
const checksumAt = 8;

/** The checksum that PostgreSQL expects on a page of a file, by the page's number there. */
export function checksumOf(page: Buffer, block: number): number {
  const copy = Buffer.from(page);
  copy.writeUInt16LE(0, checksumAt);
  const sums = Uint32Array.from(offsets);
  const mix = (lane: number, value: number) => {
    const mixed = (sums[lane]! ^ value) >>> 0;
    sums[lane] = Math.imul(mixed, prime) ^ (mixed >>> 17);
  };
  for (let at = 0; at < pageSize; at += 4) mix((at / 4) % lanes, copy.readUInt32LE(at));
  for (let round = 0; round < 2; round += 1) for (let lane = 0; lane < lanes; lane += 1) mix(lane, 0);
  const folded = (sums.reduce((all, sum) => all ^ sum, 0) ^ block) >>> 0;
  return (folded % 65_535) + 1;
}

/** Gives a page the checksum that fits it, so that nobody sees from the page alone that it was changed. */
export function seal(page: Buffer, block: number): void {
  page.writeUInt16LE(checksumOf(page, block), checksumAt);
}

/** Where the entries of a page begin, in bytes, in the order of their numbers from 1; entries that are not in use are left out. */
export function entriesOf(page: Buffer): { number: number; at: number; length: number }[] {
  const [header, lower] = [24, page.readUInt16LE(12)];
  return Array.from({ length: (lower - header) / 4 }, (_, index) => {
    const pointer = page.readUInt32LE(header + index * 4);
    return { number: index + 1, at: pointer & 0x7fff, length: pointer >>> 17, inUse: ((pointer >>> 15) & 3) === 1 };
  }).filter(({ inUse }) => inUse);
}
