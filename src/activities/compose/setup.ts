import type { Environment } from '../../config/environment.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { CommandFailed, composeOf, read, redactText, sentenceOf, short } from '../kit/index.ts';
import { readContainers } from './containers.ts';
import { docker } from './docker.ts';

/** What a service needs to start, as far as can be seen from outside. */
export interface ComposeSetup {
  /** What compose has against the files; null when it takes them. */
  problem: string | null;
  /** Names of the variables that its first container has, and those of them that are empty. Never their values. */
  variables: { set: string[]; empty: string[] };
  /** What the engine said when a container could not be started. */
  errors: string[];
}

/** Why a service may not start. Source: iot-anomaly "If restart fails, check for", observer-coordinator "Application Won't Start". */
export function composeSetupActivities(environment: Environment) {
  return {
    /** Checks the compose files, and reads the names of the container's variables. */
    checkCompose: read(async (where: ServiceRegion): Promise<ComposeSetup> => {
      const place = composeOf(environment, where);
      const problem = await docker(place, { kind: 'read', compose: true, args: ['config', '--quiet'] }).then(
        () => null,
        (error: unknown) => {
          if (error instanceof CommandFailed && error.exitCode !== undefined) return short(redactText(sentenceOf(error)), 1_000);
          throw error;
        },
      );
      const containers = await readContainers(place);
      const pairs = (containers[0]?.Config.Env ?? []).map((one) => one.split(/=(.*)/s));
      const names = (empty: boolean) => pairs.flatMap(([name, value]) => (name && ((value ?? '') === '') === empty ? [name] : []));
      return {
        ...{ problem, variables: { set: names(false), empty: names(true) } },
        errors: containers.flatMap(({ Name, State }) => (State.Error === '' ? [] : [`${Name}: ${short(redactText(State.Error), 500)}`])),
      };
    }),
  };
}
