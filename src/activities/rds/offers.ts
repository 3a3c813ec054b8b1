import { DescribeOrderableDBInstanceOptionsCommand, paginateDescribeDBInstances } from '@aws-sdk/client-rds';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { Failure } from '../../workflows/failures.ts';
import type { Aws } from '../aws/index.ts';
import { failure, read } from '../kit/index.ts';

/** What is asked of a region: one more instance of this engine and class. */
export interface NewInstance {
  region: string;
  engine: string;
  engineVersion: string;
  instanceClass: string;
}

/** Whether RDS offers an instance class in a region, and in how many zones. */
export interface Offer {
  instanceClass: string;
  offered: boolean;
  zones: number;
  multiAz: boolean;
}

const instancesQuota = 'L-7B6409FD';

/** Whether a region would take one more database instance. */
export function offerActivities(aws: Aws) {
  return {
    instanceClassOffered: read(async ({ region, engine, engineVersion, instanceClass }: NewInstance): Promise<Offer> => {
      const { OrderableDBInstanceOptions = [] } = await aws.client('rds', region).send(
        new DescribeOrderableDBInstanceOptionsCommand({
          ...{ Engine: engine, EngineVersion: engineVersion, DBInstanceClass: instanceClass, MaxRecords: 100 },
        }),
      );
      const zones = new Set(
        OrderableDBInstanceOptions.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones.flatMap(({ Name }) => Name ?? [])),
      );
      const multiAz = OrderableDBInstanceOptions.some(({ MultiAZCapable }) => MultiAZCapable === true);
      return { instanceClass, offered: OrderableDBInstanceOptions.length > 0, zones: zones.size, multiAz };
    }),

    /** The instances that there are and one more, against what the account may have in the region. */
    databaseQuota: read(async ({ region }: { region: string }): Promise<{ quota: string; needed: number; have: number }> => {
      const asked = new GetServiceQuotaCommand({ ServiceCode: 'rds', QuotaCode: instancesQuota });
      const [{ Quota }, count] = await Promise.all([aws.client('servicequotas', region).send(asked), countInstances(aws, region)]);
      if (Quota?.Value === undefined) throw failure(Failure.Permanent, `the quota for database instances in ${region} cannot be read`);
      return { quota: `${Quota.QuotaName} (${instancesQuota})`, needed: count + 1, have: Quota.Value };
    }),
  };
}

async function countInstances(aws: Aws, region: string): Promise<number> {
  let count = 0;
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: aws.client('rds', region) }, {}))
    count += DBInstances.length;
  return count;
}
