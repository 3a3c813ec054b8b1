import type { Kit } from '../../kit/kit.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { compose, host } from '../../tools.ts';
import { see } from '../care/first-look.ts';
import { readBehind } from './network.ts';

/** What an application needs before it can start; of settings only the names. Source: observer-coordinator "Application Won't Start". */
export async function readPremises(kit: Kit, plan: Scenario): Promise<void> {
  const where = whereOf(plan);
  const [files, disks, ports, behind, setup] = await kit.parallel(
    async () =>
      plan.platform === 'systemd'
        ? see(
            kit,
            'Look at its settings and files',
            () => host.readPremises(where),
            ({ problems }) => sayProblems(problems),
          )
        : null,
    async () =>
      plan.platform === 'systemd'
        ? see(
            kit,
            'Look at its disks',
            () => host.readDisks(where),
            () => 'read',
          )
        : null,
    async () =>
      plan.platform === 'systemd'
        ? see(
            kit,
            'Read who listens at its ports',
            () => host.readPorts(where),
            (found) => `${found.length} ports`,
          )
        : null,
    async () => (plan.platform === 'kubernetes' ? readBehind(kit, plan) : null),
    async () =>
      plan.platform === 'compose'
        ? see(
            kit,
            'Look at its compose files and settings',
            () => compose.checkCompose(where),
            ({ problem, errors, variables: { empty } }) =>
              sayProblems([
                ...(problem === null ? [] : [problem]),
                ...errors,
                ...(empty.length === 0 ? [] : [`empty: ${empty.join(', ')}`]),
              ]),
          )
        : null,
  );
  kit.keep('premises', { files, disks, ports, behind, setup });
}

const sayProblems = (problems: readonly string[]): string => (problems.length === 0 ? 'all are there' : problems.join('; '));
