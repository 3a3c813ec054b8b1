import { DescribeDBInstancesCommand, type DBInstance } from '@aws-sdk/client-rds';
import { Failure } from '../../workflows/failures.ts';
import type { Aws } from '../aws/index.ts';
import { currentStep, failure, type NoReading, type Patience, until } from '../kit/index.ts';
import { type Standing, standingOf } from './statuses.ts';

/** An RDS instance as the runbooks see it. */
export interface DatabaseInstance {
  /** False when the region's RDS does not answer; then the role is `unknown`. */
  reachable: boolean;
  /** What RDS says instead of an answer, e.g. that it is out of order; then the role is `unknown` too. */
  refusal?: string;
  instance: string;
  /** RDS's own word, e.g. `available`, `modifying`; empty when absent or unknown. */
  status: string;
  /** What the status means. */
  standing?: Standing;
  role: 'primary' | 'replica' | 'absent' | 'unknown';
  /** What a replica copies: a name, or an ARN when it is in another region. */
  source: string | null;
  host: string | null;
  port: number | null;
  arn: string | null;
  backupRetentionDays: number | null;
  multiAz: boolean | null;
  parameterGroup: string | null;
  deletionProtection: boolean | null;
  /** Its storage is encrypted; null when unknown. */
  encrypted?: boolean | null;
}

const nothing = {
  source: null,
  host: null,
  port: null,
  arn: null,
  backupRetentionDays: null,
  multiAz: null,
  parameterGroup: null,
  deletionProtection: null,
};

/** An instance by its own name, whichever database it holds. */
export interface NamedInstance {
  region: string;
  instance: string;
}

/** RDS gives no sign of life, or refuses to tell. */
export const unknownInstance = (instance: string, { answers, words }: NoReading): DatabaseInstance => ({
  reachable: answers,
  ...(answers ? { refusal: words } : {}),
  instance,
  status: '',
  role: 'unknown',
  ...nothing,
});

/** Reads an instance of any name; one that RDS does not know is `absent`. */
export async function describeInstance(aws: Aws, region: string, instance: string): Promise<DatabaseInstance> {
  const found = await findInstance(aws, region, instance);
  return found ? fromAws(found, instance) : absent(instance);
}

/** An instance in RDS's own words; undefined when RDS does not know it. */
export async function findInstance(aws: Aws, region: string, instance: string): Promise<DBInstance | undefined> {
  try {
    const { DBInstances } = await aws.client('rds', region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
    return DBInstances?.[0];
  } catch (error) {
    if (error instanceof Error && /^DBInstanceNotFound(Fault)?$/.test(error.name)) return undefined;
    throw error;
  }
}

const absent = (instance: string): DatabaseInstance => ({ reachable: true, instance, status: '', role: 'absent', ...nothing });

function fromAws(found: DBInstance, instance: string): DatabaseInstance {
  const source = found.ReadReplicaSourceDBInstanceIdentifier || null;
  return {
    ...{ reachable: true, instance, status: found.DBInstanceStatus ?? '', role: source ? 'replica' : 'primary', source },
    standing: standingOf(found.DBInstanceStatus ?? ''),
    host: found.Endpoint?.Address ?? null,
    port: found.Endpoint?.Port ?? null,
    arn: found.DBInstanceArn ?? null,
    backupRetentionDays: found.BackupRetentionPeriod ?? null,
    multiAz: found.MultiAZ ?? null,
    parameterGroup: found.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
    deletionProtection: found.DeletionProtection ?? null,
    encrypted: found.StorageEncrypted ?? null,
  };
}

/** Polls an instance until it is as wanted; RDS shows old values for a moment, so a status alone proves nothing. */
export function untilInstance(
  aws: Aws,
  region: string,
  instance: string,
  { is, what, ...patience }: Patience & { is: (found: DatabaseInstance) => boolean },
): Promise<DatabaseInstance> {
  return until(
    async () => {
      const found = await describeInstance(aws, region, instance);
      if (standingOf(found.status) === 'hopeless')
        throw failure(Failure.Permanent, `${instance} has failed, says RDS: it is ${found.status}`);
      return is(found) ? { is: found } : { notYet: say(found) };
    },
    { ...patience, what: `${instance} ${what}` },
  );
}

/** A look waits for work that is under way, but a region that is silent is told at once. */
export const lookPatience = { within: 20_000, blindFor: 2_000 };

/** Looks at an instance that shall be changed. Throws Permanent, which `cannot` opens, when there is none in a live run. */
export async function availableToChange(aws: Aws, region: string, instance: string, cannot: string): Promise<DatabaseInstance> {
  const found = await untilInstance(aws, region, instance, {
    what: 'to be available',
    ...lookPatience,
    is: ({ role, status }) => role === 'absent' || status === 'available',
  });
  if (found.role === 'absent' && currentStep().mode !== 'simulate')
    throw failure(Failure.Permanent, `${cannot}: ${say(found)} in ${region}`);
  return found;
}

/** An instance in words. */
export function say({ instance, role, status, source }: DatabaseInstance): string {
  if (role === 'absent') return `there is no ${instance}`;
  return `${instance} is a ${role}${source ? ` of ${source}` : ''}, ${status}`;
}
