import {
  GetRoutingControlStateCommand,
  Route53RecoveryClusterClient,
  UpdateRoutingControlStatesCommand,
  type RoutingControlState,
} from '@aws-sdk/client-route53-recovery-cluster';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { credentialsOf } from '../aws/index.ts';
import { type Call, failure, heartbeat, observed, resolved, sentenceOf, verdictOf } from '../kit/index.ts';

/** One of the five regional endpoints of a cluster. */
export interface ClusterEndpoint {
  /** AWS's own name. */
  region: string;
  endpoint: string;
}

export type ControlState = 'On' | 'Off';

/** What an endpoint said, and which one it was. */
export interface Answered<T> {
  said: T;
  by: string;
}

// Five that hang must not use up the time in which one that answers could be found.
const times = { connectionTimeout: 700, requestTimeout: 1_500, throwOnRequestTimeout: true } as const;

/** The data plane of routing controls: any of the five endpoints answers for all, so they are tried in turn, in random order. */
export function arcCluster(environment: Environment, endpoints: readonly ClusterEndpoint[]) {
  const clients = endpoints.map(({ region, endpoint }) => ({
    region,
    client: new Route53RecoveryClusterClient({
      ...{ region, endpoint: resolved(endpoint), maxAttempts: 1, requestHandler: times },
      ...credentialsOf(environment),
    }),
  }));

  /** Asks until an endpoint answers; a refusal is an answer and is thrown. Transient when none of them does. */
  async function anyOf<T>(call: Call, ask: (client: Route53RecoveryClusterClient) => Promise<T>): Promise<Answered<T>> {
    const silent: string[] = [];
    return observed(
      call,
      async () => {
        for (const { region, client } of shuffled(clients)) {
          heartbeat();
          try {
            return { said: await ask(client), by: region };
          } catch (error) {
            if (verdictOf(error) === 'permanent') throw error;
            silent.push(`${region}: ${sentenceOf(error)}`);
          }
        }
        throw failure(Failure.Transient, `none of the ${clients.length} endpoints of the cluster answers (${silent.join('; ')})`);
      },
      ({ by }) => ({ outcome: `answered by ${by}${silent.length > 0 ? `; tried before in vain: ${silent.join('; ')}` : ''}`, ok: true }),
    );
  }

  const stateOf = async (client: Route53RecoveryClusterClient, arn: string): Promise<ControlState> =>
    (await client.send(new GetRoutingControlStateCommand({ RoutingControlArn: arn }))).RoutingControlState === 'On' ? 'On' : 'Off';
  const readCall = (arns: readonly string[]): Call => ({
    ...{ tool: 'aws', call: 'route53-recovery-cluster:GetRoutingControlState', args: { RoutingControlArns: arns }, kind: 'read' },
  });

  return {
    /** The states of controls, by their ARNs, as one endpoint says them. */
    states: (arns: readonly string[]): Promise<Answered<Record<string, ControlState>>> =>
      anyOf(readCall(arns), async (client) =>
        Object.fromEntries(await Promise.all(arns.map(async (arn) => [arn, await stateOf(client, arn)] as const))),
      ),

    /** Sets all states in one call, which happens as a whole or not at all. Safety rules are never overridden. */
    set: async (command: UpdateRoutingControlStatesCommand): Promise<Answered<unknown>> =>
      anyOf({ tool: 'aws', call: updateCall, args: command.input, kind: 'change' }, (client) => client.send(command)),

    /** Which endpoints answer for a control, and what the others say instead. */
    answering: (arn: string): Promise<{ region: string; answers: boolean; detail: string }[]> =>
      Promise.all(
        clients.map(({ region, client }) =>
          observed({ ...readCall([arn]), args: { region, RoutingControlArns: [arn] } }, () => stateOf(client, arn)).then(
            (state) => ({ region, answers: true, detail: state }),
            (error: unknown) => ({ region, answers: verdictOf(error) === 'permanent', detail: sentenceOf(error) }),
          ),
        ),
      ),
  };
}

export const updateCall = 'route53-recovery-cluster:UpdateRoutingControlStates';

/** The one call that sets every control's state. */
export const updateStates = (states: Readonly<Record<string, RoutingControlState>>): UpdateRoutingControlStatesCommand =>
  new UpdateRoutingControlStatesCommand({
    UpdateRoutingControlStateEntries: Object.entries(states).map(([RoutingControlArn, RoutingControlState]) => ({
      ...{ RoutingControlArn, RoutingControlState },
    })),
  });

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
