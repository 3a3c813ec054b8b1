import { Failure } from '../../workflows/failures.ts';
import { docker, dockerJson, wholeId } from './docker.ts';
import { mustHaveContainers, wordsOf } from './containers.ts';
import { image, type Container, type Image } from './objects.ts';
import { type ComposePlace, failure, type Release, type Running } from '../kit/index.ts';

export interface ImagesFound {
  running: Running;
  containers: Container[];
  /** As the compose file names it, e.g. `shop:1`. */
  name: string;
}

const namePattern = /^[a-z0-9][\w./:-]{0,254}$/i;

/**
 * What a service runs by the ids of its images, and what else of it is on this machine, newest first. A tag may mean another image
 * tomorrow, so a revision is an image's id.
 */
export async function readImages(place: ComposePlace): Promise<ImagesFound> {
  const containers = await mustHaveContainers(place);
  const name = nameOf(containers);
  const [own, listed] = await Promise.all([idsOf(place, ['--quiet', '--no-trunc', repositoryOf(name)]), builtHere(place)]);
  const ids = [...new Set([...containers.map(({ Image }) => Image), ...own, ...listed])].map(wholeId);
  const found = await inspected(place, ids);
  const releases = found.map((one) => releaseOf(one, name)).sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
  const named = found.find(({ RepoTags }) => RepoTags.includes(tagged(name)))?.Id ?? containers[0]!.Image;
  const wanted = releases.find(({ revision }) => revision === named);
  if (!wanted) throw failure(Failure.Transient, `the image ${named} is being changed just now`);
  const mixed = containers.some(({ Image }) => Image !== named);
  return {
    ...{ containers, name },
    running: {
      ...{ wanted, releases, underWay: mixed ? named : null, events: [] },
      rollouts: rolloutsOf(containers),
      instances: containers.map((one) => ({ id: one.Name, digest: one.Image, state: wordsOf(one) })),
    },
  };
}

/** When containers of each image were made, newest first. */
function rolloutsOf(containers: readonly Container[]): Running['rollouts'] {
  const first = new Map<string, string>();
  for (const { Image, Created } of containers) if (Created < (first.get(Image) ?? '~')) first.set(Image, Created);
  return [...first]
    .map(([revision, startedAt]) => ({ revision, startedAt, state: 'Successful' }))
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** A rollback by `docker update` of a file leaves containers that are named after an id; the others tell the name. */
function nameOf(containers: readonly Container[]): string {
  const names = containers.map(({ Config }) => Config.Image);
  const name = names.find((one) => !one.startsWith('sha256:')) ?? names[0]!;
  if (namePattern.test(name) || name.includes('@')) return name;
  throw failure(Failure.Permanent, `${JSON.stringify(name)} is no name of an image`);
}

const repositoryOf = (name: string): string => name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
const tagged = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`);

async function idsOf(place: ComposePlace, args: readonly string[]): Promise<string[]> {
  const { stdout } = await docker(place, { kind: 'read', args: ['image', 'ls', ...args] });
  return stdout.split('\n').filter(Boolean);
}

/** What compose built and has no name any more, because the next build took it. */
const builtHere = (place: ComposePlace): Promise<string[]> =>
  idsOf(place, [
    ...['--quiet', '--no-trunc', '--filter', 'dangling=true'],
    ...['--filter', `label=com.docker.compose.project=${place.project}`, '--filter', `label=com.docker.compose.service=${place.service}`],
  ]);

async function inspected(place: ComposePlace, ids: readonly string[]): Promise<Image[]> {
  return dockerJson(place, image, { kind: 'read', args: ['image', 'inspect', ...ids] });
}

function releaseOf({ Id, RepoTags, Created, Config }: Image, name: string): Release {
  const tag = RepoTags.find((one) => one === tagged(name)) ?? RepoTags[0] ?? name;
  return { revision: Id, image: tag, digest: Id, schema: Config?.Labels?.['schema'] ?? null, createdAt: Created };
}
