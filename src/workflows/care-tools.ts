import { proxyActivities } from '@temporalio/workflow';
import type { ansibleActivities } from '../activities/ansible.ts';
import type { ComposeTools } from '../activities/compose-tools.ts';
import type { hostActivities } from '../activities/host.ts';
import type { modelActivities } from '../activities/models.ts';
import type { networkActivities } from '../activities/network.ts';
import type { pipelineActivities } from '../activities/pipelines.ts';
import type { postgresSessionActivities } from '../activities/postgres-sessions.ts';
import type { redisActivities } from '../activities/redis.ts';
import type { systemdActivities } from '../activities/systemd.ts';
import type { telemetryActivities } from '../activities/telemetry.ts';
import { alive, patient } from './tools.ts';

// What looks after a service in an incident; one proxy a tool, as in tools.ts.

/** Who is connected to a database, and how far one gets on the way to it. */
export const sessions = proxyActivities<ReturnType<typeof postgresSessionActivities>>({
  ...alive,
  startToCloseTimeout: '3m',
  scheduleToCloseTimeout: '10m',
  retry: patient,
});
/** What is measured and cached. */
export const telemetry = proxyActivities<ReturnType<typeof telemetryActivities> & ReturnType<typeof redisActivities>>({
  ...alive,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h',
  retry: patient,
});
/** What a service predicts with, and what brings its data in; a model can be large. */
export const data = proxyActivities<ReturnType<typeof modelActivities> & ReturnType<typeof pipelineActivities>>({
  ...alive,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h',
  retry: patient,
});
/** Names, connections and rules between people and a service. */
export const network = proxyActivities<ReturnType<typeof networkActivities>>({
  startToCloseTimeout: '30s',
  retry: { ...patient, maximumAttempts: 2 },
});
export const compose = proxyActivities<ComposeTools>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
/** Machines that Muster reaches by ssh, with the unit that serves there; copying a large log takes its time. */
export const host = proxyActivities<
  ReturnType<typeof systemdActivities> & ReturnType<typeof hostActivities> & ReturnType<typeof ansibleActivities>
>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
