import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import type { Environment } from '../../config/environment.ts';
import { keepArgs, named, needed, observed, type PredictedCall, resolved, resolvedSecret } from '../kit/index.ts';

/** Each client with the prefix that IAM and CloudTrail give its calls. */
const services = {
  autoscaling: AutoScalingClient,
  cloudwatch: CloudWatchClient,
  ec2: EC2Client,
  elasticloadbalancing: ElasticLoadBalancingV2Client,
  kms: KMSClient,
  rds: RDSClient,
  route53: Route53Client,
  servicequotas: ServiceQuotasClient,
  sts: STSClient,
} as const;
type Service = keyof typeof services;

/** Name of a region in the environment, or `global` for services that have but one endpoint. */
export type Place = string;

interface AnyCommand {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

export interface Aws {
  /** The client of a service in a region; one each, kept. InvalidInput when the environment does not know the region. */
  client<S extends Service>(service: S, place: Place): InstanceType<(typeof services)[S]>;
  /** How a command will look in the evidence. */
  predicted(service: Service, place: Place, command: AnyCommand): PredictedCall;
  /** AWS's own name of a region. */
  regionName(place: Place): string;
}

/** Clients for the environment's regions. Temporal does the retrying, so the SDK makes one attempt; every call is recorded. */
export function createAws(environment: Environment): Aws {
  const clients = new Map<string, unknown>();
  const placeOf = (place: Place) =>
    place === 'global'
      ? needed(environment.aws, 'an account of AWS').global
      : needed(named(environment.regions, place, 'region').aws, `the region of AWS that ${place} is in`);
  const args = (place: Place, input: object) => ({ region: placeOf(place).region, ...input });

  const create = (service: Service, place: Place) => {
    const { region, endpoint } = placeOf(place);
    const client = new services[service]({
      region,
      ...(endpoint === undefined ? {} : { endpoint: resolved(endpoint) }),
      ...credentialsOf(environment),
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 1_500, requestTimeout: 5_000, throwOnRequestTimeout: true },
    });
    recordCalls(client, (name, input) => ({
      tool: 'aws',
      call: `${service}:${name}`,
      args: args(place, input),
      kind: /^(Describe|List|Get)/.test(name) ? 'read' : 'change',
    }));
    return client;
  };

  return {
    client: <S extends Service>(service: S, place: Place) => {
      const key = `${service} ${place}`;
      if (!clients.has(key)) clients.set(key, create(service, place));
      return clients.get(key) as InstanceType<(typeof services)[S]>;
    },
    predicted: (service, place, command) => ({
      call: `${service}:${bare(command.constructor.name)}`,
      args: keepArgs(args(place, command.input)),
    }),
    regionName: (place) => placeOf(place).region,
  };
}

/** The credentials of the environment, for a client of AWS; none when AWS finds them by itself. */
export function credentialsOf({ aws }: Environment) {
  const credentials = aws?.credentials;
  if (!credentials) return {};
  return { credentials: { accessKeyId: resolved(credentials.accessKeyId), secretAccessKey: resolvedSecret(credentials.secretAccessKey) } };
}

const bare = (commandName: string): string => commandName.replace(/Command$/, '');

type Next = (args: { input: object }) => Promise<unknown>;
interface Watchable {
  middlewareStack: {
    add(middleware: (next: Next, context: { commandName?: string }) => Next, options: { step: 'initialize'; name: string }): void;
  };
}

/** The clients' types differ per service; what a middleware of the first step sees is the same for all. */
function recordCalls(client: unknown, describe: (name: string, input: object) => Parameters<typeof observed>[0]): void {
  (client as Watchable).middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        observed(describe(bare(commandName ?? 'unknown'), args.input), () => next(args)),
    { step: 'initialize', name: 'musterEvidence' },
  );
}
