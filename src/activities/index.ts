import type { Environment } from '../config/environment.ts';
import { createAws, awsRoom } from './aws/index.ts';
import { composeRoom } from './compose/index.ts';
import { exerciseRoom } from './exercise/index.ts';
import { hostRoom } from './host/index.ts';
import { incidentRoom } from './incident/index.ts';
import { kubernetesRoom } from './kubernetes/index.ts';
import { messagesRoom } from './messages/index.ts';
import { postgresRoom } from './postgres/index.ts';
import { prometheusRoom } from './prometheus/index.ts';
import { rdsRoom } from './rds/index.ts';
import { readinessRoom } from './readiness/index.ts';
import { recordsRoom } from './records/index.ts';
import { redisRoom } from './redis/index.ts';
import { serviceRoom } from './service/index.ts';
import { trafficRoom } from './traffic/index.ts';
import { join } from './kit/index.ts';

/** Joins the tools of one environment; throws when two activities have one name. */
export function createActivities(environment: Environment) {
  const aws = createAws(environment);
  return join(
    awsRoom(environment, aws),
    rdsRoom(environment, aws),
    trafficRoom(environment, aws),
    kubernetesRoom(environment),
    composeRoom(environment),
    hostRoom(environment),
    postgresRoom(environment),
    redisRoom(environment),
    prometheusRoom(environment),
    serviceRoom(environment, aws),
    messagesRoom(environment),
    incidentRoom(environment, aws),
    exerciseRoom(environment, aws),
    readinessRoom(environment, aws),
    recordsRoom(environment),
  );
}
