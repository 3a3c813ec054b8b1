import { setTimeout as delay } from 'node:timers/promises';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { toolPath } from '../../config/tools.ts';
import { startTethered } from '../../tethered.ts';
import { freePort } from '../net/free-port.ts';
import type { Answer } from './answers.ts';
import { awsRegions, type Call, type Place } from './call.ts';

const startWithinMs = 30_000;

/** The moto server behind the gateway: it keeps what AWS would keep, and nothing that it does is counted. */
export interface Moto {
  /** Passes a call on as it came. */
  forward(call: Call): Promise<Answer>;
  /** Clients that talk to moto past the gateway. */
  readonly route53: Route53Client;
  readonly regions: Record<'east' | 'west', RegionClients>;
  stop(): Promise<void>;
}

export interface RegionClients {
  rds: RDSClient;
  ec2: EC2Client;
  autoScaling: AutoScalingClient;
  loadBalancing: ElasticLoadBalancingV2Client;
}

/** Starts moto on a free loopback port and waits until it answers; throws with its last words when it does not come up. */
export async function startMoto(log: (line: string) => void): Promise<Moto> {
  const port = await freePort();
  const words: string[] = [];
  const server = startTethered(toolPath('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    env: withoutAws(process.env),
    onLine: (line) => {
      words.push(line);
      if (words.length > 20) words.shift();
    },
  });
  const life = { ended: false, stopping: false };
  void server.ended.then(() => {
    life.ended = true;
    if (!life.stopping) log(`moto has ended by itself: ${words.slice(-3).join(' | ')}`);
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    life.stopping = true;
    await server.stop();
  };
  try {
    await untilItAnswers(url, () => life.ended);
  } catch (cause) {
    await stop();
    throw new Error(`moto did not start: ${words.slice(-5).join(' | ') || 'it said nothing'}`, { cause });
  }
  const at = (place: Place) => ({
    endpoint: url,
    region: awsRegions[place],
    credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
    maxAttempts: 1,
  });
  const clients = (place: 'east' | 'west'): RegionClients => ({
    rds: new RDSClient(at(place)),
    ec2: new EC2Client(at(place)),
    autoScaling: new AutoScalingClient(at(place)),
    loadBalancing: new ElasticLoadBalancingV2Client(at(place)),
  });
  return {
    forward: (call) => forward(url, call),
    route53: new Route53Client(at('global')),
    regions: { east: clients('east'), west: clients('west') },
    stop,
  };
}

async function untilItAnswers(url: string, ended: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + startWithinMs;
  for (;;) {
    const answers = await fetch(`${url}/moto-api/`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return;
    if (ended()) throw new Error('it ended at once');
    if (Date.now() > giveUpAt) throw new Error(`no answer within ${startWithinMs / 1000} s`);
    await delay(50);
  }
}

async function forward(url: string, call: Call): Promise<Answer> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(call.headers)) {
    if (typeof value === 'string' && !ofTheConnection.has(name)) headers.set(name, value);
  }
  const bodiless = call.method === 'GET' || call.method === 'HEAD';
  const response = await fetch(url + call.path, { method: call.method, headers, ...(bodiless ? {} : { body: call.body }) });
  const kept = [...response.headers].filter(([name]) => name === 'content-type' || name === 'x-amzn-requestid');
  return { status: response.status, headers: Object.fromEntries(kept), body: await response.text() };
}

const ofTheConnection = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive']);

// moto reads the AWS settings of whoever starts it, and fails on a profile that is not there.
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}
