import { createListener, type Listener } from '../net/listener.ts';
import type { RegionName } from '../contract.ts';
import { jsonAnswer, Refusal, type Answer } from './answers.ts';
import { account, awsRegions, type Call } from './call.ts';
import { serve, type Passage } from './serve.ts';

/** The regions in which a cluster of Application Recovery Controller has its endpoints. */
const clusterRegions = ['us-east-1', awsRegions.west, 'eu-west-1', 'ap-northeast-1', 'ap-southeast-2'] as const;

/** A cluster of Application Recovery Controller: five endpoints, one set of states. */
export interface ArcCluster {
  readonly endpoints: { region: string; url: string }[];
  readonly controls: Record<RegionName, string>;
  readonly gate: string;
  /** What health checks of a control see. */
  isOn(arn: string): boolean;
  /** Takes so many endpoints away; 0 brings all back that are not in a lost region. */
  down(count: number): Promise<void>;
  loseRegion(region: RegionName): Promise<void>;
  healRegion(region: RegionName): Promise<void>;
  close(): Promise<void>;
}

type State = 'On' | 'Off';
interface Entry {
  RoutingControlArn: string;
  RoutingControlState: State;
}

const arnOf = (name: string) => `arn:aws:route53-recovery-control::${account}:controlpanel/practice/routingcontrol/${name}`;
const assertion = 'at least one region takes traffic';
const gating = 'changes are allowed';

/** Opens the five endpoints; traffic goes to east, and the gating control is on. */
export async function startArcCluster(passage: Omit<Passage, 'commit'>): Promise<ArcCluster> {
  const controls = { east: arnOf('east'), west: arnOf('west') };
  const gate = arnOf('changes-allowed');
  const states = new Map<string, State>([
    [controls.east, 'On'],
    [controls.west, 'Off'],
    [gate, 'On'],
  ]);

  /** All entries happen or none does, as the rules see the states afterwards. */
  function update(entries: readonly Entry[]): void {
    const after = new Map(states);
    for (const { RoutingControlArn: arn, RoutingControlState: state } of entries) {
      if (!states.has(arn)) throw new Refusal('ResourceNotFoundException', `There is no routing control ${arn}.`, 404);
      after.set(arn, state);
    }
    const touched = entries.some(({ RoutingControlArn: arn }) => arn !== gate);
    if (touched && after.get(gate) === 'Off') throw new Refusal('ConflictException', `Safety rule "${gating}" is not met.`, 409);
    if (Object.values(controls).every((arn) => after.get(arn) === 'Off'))
      throw new Refusal('ConflictException', `Safety rule "${assertion}" is not met.`, 409);
    for (const [arn, state] of after) states.set(arn, state);
  }

  const answers: Record<string, (asked: Record<string, unknown>) => unknown> = {
    GetRoutingControlState: ({ RoutingControlArn: arn }) => {
      const state = states.get(String(arn));
      if (!state) throw new Refusal('ResourceNotFoundException', `There is no routing control ${String(arn)}.`, 404);
      return { RoutingControlArn: arn, RoutingControlName: String(arn).split('/').at(-1), RoutingControlState: state };
    },
    ListRoutingControls: () => ({
      RoutingControls: [...states].map(([RoutingControlArn, RoutingControlState]) => ({ RoutingControlArn, RoutingControlState })),
    }),
    UpdateRoutingControlState: (asked) => (update([asked as unknown as Entry]), {}),
    UpdateRoutingControlStates: ({ UpdateRoutingControlStateEntries: entries }) => (update(entries as Entry[]), {}),
  };
  const commit = async (call: Call): Promise<Answer> => {
    const answer = answers[call.action];
    if (!answer) throw new Refusal('ValidationException', `The practice range has no ${call.action}.`);
    return jsonAnswer(answer(JSON.parse(call.body) as Record<string, unknown>));
  };
  const listeners = await Promise.all(
    clusterRegions.map((region) => createListener(serve({ ...passage, commit, signedFor: region }, 'global'))),
  );
  const away = { count: 0, lost: new Set<string>() };
  const settle = async (): Promise<void> => {
    const gone = (region: string, index: number) => index < away.count || away.lost.has(region);
    await Promise.all(listeners.map((listener, index) => (gone(clusterRegions[index]!, index) ? listener.close() : listener.open())));
  };
  await settle();
  return {
    endpoints: listeners.map(({ url }, index) => ({ region: clusterRegions[index]!, url })),
    ...{ controls, gate },
    isOn: (arn) => states.get(arn) === 'On',
    down: (count) => ((away.count = count), settle()),
    loseRegion: (region) => (away.lost.add(awsRegions[region]), settle()),
    healRegion: (region) => (away.lost.delete(awsRegions[region]), settle()),
    close: async () => void (await Promise.all(listeners.map((listener: Listener) => listener.close()))),
  };
}
