import type { Environment } from '../../config/environment.ts';
import { join } from '../kit/index.ts';
import { systemdActivities } from './systemd.ts';
import { hostActivities } from './machine.ts';
import { ansibleActivities } from './playbooks.ts';

/** Every activity of this room. */
export const hostRoom = (environment: Environment) =>
  join(systemdActivities(environment), hostActivities(environment), ansibleActivities(environment));

export type SystemdTools = ReturnType<typeof systemdActivities>;
export type HostTools = ReturnType<typeof hostActivities>;
export type AnsibleTools = ReturnType<typeof ansibleActivities>;
