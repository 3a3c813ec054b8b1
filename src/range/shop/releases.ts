import { createHash } from 'node:crypto';

/** A release of the order service, as a version of its launch template brings it. */
export interface Release {
  /** Of the launch template. */
  version: string;
  /** Image with its digest, e.g. `shop:1.4.0@sha256:…`. */
  name: string;
  /** Version of the database's schema that its code is made for. */
  schema: string;
  /** Share of orders that it answers with 500. */
  errorShare: number;
}

const release = (version: string, tag: string, errorShare = 0): Release => {
  const image = `shop:${tag}`;
  return { version, name: `${image}@sha256:${createHash('sha256').update(image).digest('hex')}`, schema: '1', errorShare };
};

/** What ran before, what runs when the range starts, and what the fault `bad-release` brings out. */
export const releases = { former: release('1', '1.3.0'), usual: release('2', '1.4.0'), bad: release('3', '1.5.0', 0.5) };

/** The release that a version of the launch template brings. */
export function releaseOf(version: string): Release | undefined {
  return Object.values(releases).find((known) => known.version === version);
}
