import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, composeOf, failure, until } from '../kit/index.ts';
import { mustHaveContainers } from './containers.ts';
import { composeFile, type Container } from './objects.ts';
import { docker, dockerJson, predictedDocker, type Docker } from './docker.ts';

interface Network {
  name: string;
  aliases: string[];
  address?: string | undefined;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const patience = 30_000;

/** A service taken off its networks: it runs on as it is, to be looked at, and nobody reaches it. */
export function composeNetworkActivities(environment: Environment) {
  const at = (where: ServiceRegion) => composeOf(environment, where);
  const networksOf = ({ NetworkSettings }: Container) => Object.keys(NetworkSettings.Networks ?? {}).filter((name) => name !== 'none');
  const found = (containers: Container[]) =>
    containers.map((one) => `${one.Name} is on ${networksOf(one).join(' and ') || 'no network'}`).join(', ');

  /** What the files say, since the containers say nothing of it any more. */
  const wantedNetworks = async (where: ServiceRegion): Promise<Network[]> => {
    const place = at(where);
    const [file] = await dockerJson(place, composeFile, { kind: 'read', compose: true, args: ['config', '--format', 'json'] });
    const service = file?.services[place.service];
    if (!file || !service) throw failure(Failure.InvalidInput, `the compose files have no service ${place.service}`);
    if (service.network_mode !== undefined) throw noNetwork(where, service.network_mode);
    return Object.entries(service.networks ?? { default: null }).map(([key, options]) => ({
      name: named(file.networks[key]?.name ?? `${place.project}_${key}`),
      aliases: [...new Set([place.service, ...(options?.aliases ?? [])])].map(named),
      address: options?.ipv4_address,
    }));
  };
  const leave = (containers: readonly Container[]): Docker[] =>
    containers.flatMap((one) =>
      networksOf(one).map((name): Docker => ({ kind: 'change', args: ['network', 'disconnect', named(name), one.Id] })),
    );
  const join = (containers: readonly Container[], networks: readonly Network[]): Docker[] =>
    containers.flatMap((one) =>
      networks
        .filter(({ name }) => !networksOf(one).includes(name))
        .map(({ name, aliases, address }): Docker => {
          const aka = [one.Name, ...aliases].flatMap((alias) => ['--alias', named(alias)]);
          const ip = address === undefined ? [] : ['--ip', { value: address }];
          return { kind: 'change', args: ['network', 'connect', ...aka, ...ip, name, one.Id] };
        }),
    );
  const run = async (where: ServiceRegion, commands: readonly Docker[]) => {
    for (const command of commands) await docker(at(where), command);
  };

  return {
    /** Takes every container of a service off its networks, its published ports with it. */
    isolateCompose: change({
      look: async (where: ServiceRegion) => {
        const containers = await mustHaveContainers(at(where));
        return { so: leave(containers).length === 0, found: found(containers), containers };
      },
      predict: (where, { containers }) => ({
        calls: leave(containers).map((command) => predictedDocker(at(where), command)),
        result: { isolated: containers.length },
      }),
      refuse: (where, { containers }) => {
        const mode = containers.map(({ HostConfig }) => HostConfig.NetworkMode).find((one) => /^(host|container:)/.test(one));
        if (mode !== undefined) throw noNetwork(where, mode);
      },
      act: (where, { containers }) => run(where, leave(containers)),
      prove: (where) =>
        until(
          async () => {
            const containers = await mustHaveContainers(at(where));
            return leave(containers).length === 0 ? { is: { isolated: containers.length } } : { notYet: found(containers) };
          },
          { within: patience, what: `${where.service} to be on no network` },
        ),
    }),

    /** Puts every container back on the networks that the compose files name, under its names there. */
    rejoinCompose: change({
      look: async (where: ServiceRegion) => {
        const [containers, networks] = await Promise.all([mustHaveContainers(at(where)), wantedNetworks(where)]);
        return { so: join(containers, networks).length === 0, found: found(containers), containers, networks };
      },
      predict: (where, { containers, networks }) => ({
        calls: join(containers, networks).map((command) => predictedDocker(at(where), command)),
        result: { networks: networks.map(({ name }) => name) },
      }),
      act: (where, { containers, networks }) => run(where, join(containers, networks)),
      prove: (where, { networks }) =>
        until(
          async () => {
            const containers = await mustHaveContainers(at(where));
            if (join(containers, networks).length > 0) return { notYet: found(containers) };
            return { is: { networks: networks.map(({ name }) => name) } };
          },
          { within: patience, what: `${where.service} to be on its networks` },
        ),
    }),
  };
}

function named(name: string): string {
  if (namePattern.test(name)) return name;
  throw failure(Failure.InvalidInput, `${JSON.stringify(name)} is no name of a network, or of a container on one`);
}

const noNetwork = ({ service }: ServiceRegion, mode: string): Error =>
  failure(Failure.RefusedBySafetyRule, `${service} uses the network "${mode}", which is not its own: it cannot be taken off it`);
