/** One release as the platform can bring it back. */
export interface Release {
  /** Version of the launch template, or revision of the Deployment. */
  revision: string;
  /** E.g. `shop:1.4.0`. */
  image: string;
  /** What it is made of, by its content: digest of the image, or the AMI; null when only a tag is named. */
  digest: string | null;
  /**
   * What else of it decides how it runs, by its content: variables, commands, mounts. Missing where the platform does not tell.
   */
  template?: string;
  /** Version of the database's schema that it says it is made for. */
  schema: string | null;
  createdAt: string | null;
}

export interface Rollout {
  /** Of the platform, when it has one. */
  id?: string;
  revision: string;
  startedAt: string;
  state: string;
}

/** What runs of a service in a region, and what could run instead. */
export interface Running {
  /** What new instances are made of. */
  wanted: Release;
  /** Newest first. */
  releases: Release[];
  /** Newest first. */
  rollouts: Rollout[];
  /** Revision that is being rolled out now. */
  underWay: string | null;
  instances: { id: string; digest: string | null; state: string }[];
  /** What happened lately, in words, newest first; at most 20. */
  events: string[];
}

/** A release that is pinned: the revision must still hold what it held when people decided. */
export interface Pinned {
  revision: string;
  image: string;
  digest: string | null;
  template?: string;
}

/** What a release is known by: its digest, or its image when nobody pinned it. */
export const identityOf = ({ digest, image }: Pick<Pinned, 'digest' | 'image'>): string => digest ?? image;

/** Whether two are one in all that would change; by what both of them tell. */
export const isSameRelease = (one: Pick<Pinned, 'digest' | 'image' | 'template'>, other: Pick<Pinned, 'digest' | 'image' | 'template'>) =>
  identityOf(one) === identityOf(other) && (one.template === undefined || other.template === undefined || one.template === other.template);

/** `shop:1.4.0@sha256:…` → image and digest. */
export function splitImage(reference: string): { image: string; digest: string | null } {
  const [image, digest] = reference.split('@');
  return { image: image!, digest: digest ?? null };
}

/** Instances that do not run a release. A tag alone proves nothing about them. */
export function othersThan({ digest }: Pinned, { instances }: Pick<Running, 'instances'>): Running['instances'] {
  return digest === null ? [] : instances.filter((instance) => instance.digest !== digest);
}
