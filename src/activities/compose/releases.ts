import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, composeOf, failure, type Pinned, proof, read, type Running, until } from '../kit/index.ts';
import { isReady, wordsOf } from './containers.ts';
import { readImages, type ImagesFound } from './images.ts';
import { docker, predictedDocker, wholeId, type Docker } from './docker.ts';

type Target = ServiceRegion & Pinned;

const patience = 5 * 60_000;

/** Releases of a service in docker compose: images on its machine, known by their ids, since a tag is not pinned. */
export function composeReleaseActivities(environment: Environment) {
  const at = (where: ServiceRegion) => composeOf(environment, where);
  const isOn = ({ revision }: Pinned, { containers, running }: ImagesFound) =>
    containers.every(({ Image }) => Image === revision) && running.wanted.revision === revision;

  /** The name is given to the pinned image, so that the next `up` of anybody keeps it; the image that had it stays under another. */
  const commands = ({ revision, ...where }: Target, { containers, name }: ImagesFound): Docker[] => {
    const { service } = at(where);
    const id = wholeId(revision);
    const replaced = containers.map(({ Image }) => Image).find((one) => one !== id);
    const how = ['--detach', '--no-deps', '--no-build', '--pull', 'never', '--scale', `${service}=${containers.length}`];
    return [
      ...(replaced === undefined ? [] : [tag(wholeId(replaced), `${name.replace(/:[^/:]*$/, '')}:muster-replaced`)]),
      tag(id, name),
      { kind: 'change', compose: true, args: ['up', ...how, service], timeoutMs: 180_000 },
    ];
  };
  const proveOn = (asked: Target, within: number) =>
    until(
      async () => {
        const seen = await readImages(at(asked));
        const others = seen.containers.filter((one) => one.Image !== asked.revision || !isReady(one));
        if (others.length > 0 || !isOn(asked, seen)) return { notYet: others.map((one) => `${wordsOf(one)} with ${one.Image}`).join(', ') };
        return { is: { revision: asked.revision, digest: asked.digest, instances: seen.containers.length } };
      },
      { within, what: `every container of ${asked.service} to run ${asked.revision}` },
    );

  return {
    /** The image that each container runs, and the others of the service that are on the machine. */
    readComposeReleases: read(async (where: ServiceRegion): Promise<Running> => (await readImages(at(where))).running),

    /** Makes the containers anew from a pinned image, as many as there are. Source: iot-anomaly "Roll back to last known good version". */
    rollBackCompose: change({
      look: async (asked: Target) => {
        wholeId(asked.revision);
        const seen = await readImages(at(asked));
        return { so: isOn(asked, seen), found: seen.containers.map(({ Name, Image }) => `${Name} runs ${Image}`).join(', '), seen };
      },
      predict: (asked, { seen }) => ({
        calls: commands(asked, seen).map((command) => predictedDocker(at(asked), command)),
        result: { revision: asked.revision, digest: asked.digest, instances: seen.containers.length },
      }),
      refuse: ({ revision }, { seen }) => {
        if (!seen.running.releases.some((release) => release.revision === revision))
          throw failure(Failure.RefusedBySafetyRule, `the image ${revision} is not on the machine of the containers any more`);
        if (/@|^sha256:/.test(seen.name))
          throw failure(Failure.RefusedBySafetyRule, `the compose file itself pins ${seen.name}: change it there, no name can be moved`);
      },
      act: async (asked, { seen }) => {
        for (const command of commands(asked, seen)) await docker(at(asked), command);
      },
      prove: (asked) => proveOn(asked, patience),
    }),

    /** Checks that every container still runs a release. */
    proveComposeRelease: proof((asked: Target) => proveOn(asked, 30_000)),
  };
}

const tag = (id: string, name: string): Docker => ({ kind: 'change', args: ['tag', id, { value: name }] });
