import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import type { PracticeEstate } from './estate.ts';

/** AWS as an operator with a console of their own reaches it, beside Muster. */
export interface Operator {
  rds: RDSClient;
  cloudwatch: CloudWatchClient;
  kms: KMSClient;
}

/** An operator's clients in a region of the practice range. */
export function operatorAt({ stack }: PracticeEstate, region: 'east' | 'west'): Operator {
  const settings = {
    endpoint: stack.variables[`MUSTER_RANGE_AWS_${region.toUpperCase()}`]!,
    region: { east: 'us-east-2', west: 'us-west-2' }[region],
    credentials: { accessKeyId: 'practice', secretAccessKey: stack.variables['MUSTER_RANGE_AWS_SECRET']! },
    maxAttempts: 1,
  };
  return { rds: new RDSClient(settings), cloudwatch: new CloudWatchClient(settings), kms: new KMSClient(settings) };
}
