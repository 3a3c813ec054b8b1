import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { toolPath } from '../../src/config/tools.ts';
import { parseEnvironment } from '../../src/config/environment.ts';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import {
  deskId,
  type Declaration,
  type IncidentAnswer,
  type IncidentCommands,
  type NewIncident,
} from '../../src/workflows/incident/commands.ts';
import type { Delivery, OutgoingMessage, Post, SinkName } from '../../src/workflows/incident/messages.ts';
import type { IncidentPolicy, VerificationLine } from '../../src/workflows/incident/policy.ts';
import type { IncidentRun, IncidentState, IncidentView } from '../../src/workflows/incident/view.ts';
import { eventually } from '../eventually.ts';
import { bundleOf } from '../kit/harness.ts';

/** A message as its receiver got it. */
export interface Received {
  /** Minutes after the incident was opened, to a second. */
  minute: number;
  sink: SinkName;
  post: Post;
  late: boolean;
}

/** Everything around an incident, made for a test. */
export interface World {
  inbox: Received[];
  /** Sinks that refuse connections. */
  down: Set<SinkName>;
  /** What a line of the verification answers; good unless said. */
  verdicts: Record<string, { verdict: 'good' | 'bad' | 'unknown'; detail: string }>;
  leftovers: object[];
  /** Activities that fail, by name. */
  broken: Set<string>;
  done: string[];
  archived: { number: string; state: IncidentState }[];
  /** Messages that were moved to the archive. */
  kept: OutgoingMessage[];
  activities: Record<string, (asked: never) => Promise<unknown>>;
}

export const policyOf = (environment: string): IncidentPolicy => {
  const file = fileURLToPath(new URL(`../../environments/${environment}.yaml`, import.meta.url));
  return parseEnvironment(readFileSync(file, 'utf8'), file).incidents!.policy;
};

const people = ['ana', 'ben', 'sam'].map((subject) => ({ subject, name: subject, duties: ['incident-commander'] }));

export function makeWorld(policy: IncidentPolicy): World {
  let opened = 0;
  const world: World = {
    inbox: [],
    down: new Set(),
    broken: new Set(),
    verdicts: {},
    leftovers: [],
    done: [],
    archived: [],
    kept: [],
    activities: {},
  };
  const works = (name: string) => {
    if (world.broken.has(name)) throw ApplicationFailure.create({ message: `${name} fails`, type: 'Transient', nonRetryable: true });
  };
  const deliver = (sink: SinkName) => async (delivery: Delivery) => {
    if (world.down.has(sink))
      throw ApplicationFailure.create({ message: `${sink} refuses connections`, type: 'Transient', nonRetryable: true });
    // Activities have no clock of their own in a server that skips time.
    world.inbox.push({ minute: 0, sink, post: delivery.post, late: delivery.dueAt !== undefined });
    if (delivery.post.act === 'open-channel') return { channel: { id: 'C1', name: delivery.post.name } };
    if (delivery.post.sink === 'ticket') return { ticket: { key: 'OPS-1', url: 'https://tickets.example/OPS-1' } };
    return delivery.post.sink === 'statuspage' ? { statuspage: { id: 's1' } } : {};
  };
  world.activities = {
    incidentPolicy: async () => ((opened = Date.now()), { policy, people }),
    recentChanges: async () => [{ at: new Date(opened).toISOString(), what: 'release 7', source: 'delivery' }],
    verifyLine: async ({ line, alertsCleared }: { line: VerificationLine; alertsCleared: boolean | null }) =>
      world.verdicts[line.name] ??
      (line.look.by === 'alerts' && alertsCleared === false
        ? { verdict: 'bad', detail: 'an alert fires' }
        : line.look.by === 'person'
          ? { verdict: 'unknown', detail: line.look.question }
          : { verdict: 'good', detail: 'well' }),
    findLeftovers: async () => (works('findLeftovers'), world.leftovers),
    unfreeze: async ({ service }: { service: string }) => void world.done.push(`unfreeze ${service}`),
    collectIncident: async () => (works('collectIncident'), { bundle: '/archive/bundle', problems: [] }),
    archiveIncident: async ({ incident: { number, state } }: { incident: IncidentView }) => {
      works('archiveIncident');
      world.archived.push({ number, state });
      return { report: '/archive/report.md' };
    },
    archiveIncidentPart: async ({ messages }: { messages: OutgoingMessage[] }) => void world.kept.push(...messages),
    ...{ deliverSlack: deliver('slack'), deliverPagerDuty: deliver('pagerduty'), deliverStatuspage: deliver('statuspage') },
    ...{ deliverTicket: deliver('ticket'), deliverEmail: deliver('email') },
  };
  return world;
}

/** An incident under test. */
export interface Played {
  handle: WorkflowHandleWithFirstExecutionRunId;
  world: World;
  view(): Promise<IncidentView>;
  /** Lets time pass: everything that falls due happens at its time. */
  pass(time: string): Promise<void>;
  ask<Name extends keyof IncidentCommands>(by: string, command: Name, said: IncidentCommands[Name]): Promise<IncidentAnswer>;
  alerts(...facts: AlertFact[]): Promise<void>;
  run(run: IncidentRun): Promise<void>;
  seen(what: string, holds: (view: IncidentView) => boolean): Promise<IncidentView>;
  /** How many events each of its workflow's runs has, oldest first. */
  lengths(): Promise<number[]>;
  /** What the inbox got since the last look, one line a message: `slack incident: text`. */
  news(): string[];
}

/** One line a message, as a person would read it in a list. */
export function lineOf({ post, late }: Received): string {
  const mark = late ? 'late ' : '';
  switch (post.sink) {
    case 'slack':
      return post.act === 'open-channel' ? `${mark}slack opens #${post.name}` : `${mark}slack ${post.channel}: ${post.text}`;
    case 'pagerduty':
      return `${mark}pagerduty ${post.act} ${post.severity}: ${post.summary}`;
    case 'statuspage':
      return `${mark}statuspage ${post.status}: ${post.title}: ${post.body}`;
    case 'ticket':
      return post.act === 'open' ? `${mark}ticket opened (${post.priority}): ${post.title}` : `${mark}ticket ${post.act}: ${post.text}`;
    case 'email':
      return `${mark}email to ${post.to}: ${post.subject}: ${post.text}`;
  }
}

type History = temporal.api.history.v1.IHistory;

/** Real activities in place of the world's, and a time of the server's clock to begin at. */
export interface Real {
  around(world: World): Pick<WorkerOptions, 'activities' | 'interceptors'>;
  from(now: number): number;
}

export interface IncidentBench {
  /** Opens an incident by a declaration, or by alerts, and plays with it while a worker serves it. */
  play(
    opened: {
      policy: IncidentPolicy;
      declaration?: Partial<Declaration>;
      alerts?: AlertFact[] | ((at: string) => AlertFact[]);
      service: string;
      severity: string;
      real?: Real;
    },
    test: (played: Played) => Promise<void>,
  ): Promise<void>;
  /** A moment so many minutes ago by the server's clock, which runs ahead of ours. */
  ago(minutes: number): Promise<string>;
}

/** A server that skips time for every incident: one that is cut off in the middle would keep a shared one from skipping ever after. */
export function incidentBench(): IncidentBench {
  const executable = { type: 'existing-path' as const, path: toolPath('temporal-test-server') };
  let env: TestWorkflowEnvironment | undefined;
  const clock = async () => (env ? await env.currentTimeMs() : Date.now());
  return {
    play: async ({ policy, declaration, alerts = [], service, severity, real }, test) => {
      const world = makeWorld(policy);
      const workflowBundle = await bundleOf(fileURLToPath(new URL('./workflows.ts', import.meta.url)));
      env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
      const options = real?.around(world) ?? { activities: world.activities };
      const worker = await Worker.create({ connection: env.nativeConnection, taskQueue: 'incident', workflowBundle, ...options });
      if (real) await env.sleep(real.from(await clock()) - (await clock()));
      try {
        await worker.runUntil(async () => {
          const at = new Date(await clock()).toISOString();
          const facts = typeof alerts === 'function' ? alerts(at) : alerts;
          const title = declaration?.title ?? facts[0]?.summary ?? 'Something is wrong';
          const opened: NewIncident = {
            ...{ number: `INC-${at.slice(0, 10)}-001`, environment: 'test', title, service, severity, at, alerts: facts, similar: [] },
            drill: declaration?.drill ?? false,
            ...(declaration ? { declaration: { key: 'k', by: 'sam', title, service, severity, ...declaration } } : {}),
          };
          const begin = { workflowId: `incident/test/${opened.number}`, taskQueue: 'incident', args: [{ new: opened }] };
          // A desk that is not there would be told all the same, and the server that skips time can stand still over that.
          const desk = await env!.client.workflow.start('listens', { workflowId: deskId('test'), taskQueue: 'incident' });
          const handle = await env!.client.workflow.start('incident', begin);
          await test(playedWith(env!.client, handle, world, (time) => env!.sleep(time as never)));
          await handle.terminate('the test is over').catch(() => undefined);
          await desk.terminate('the test is over').catch(() => undefined);
        });
      } finally {
        await env.teardown();
        env = undefined;
      }
    },
    ago: async (minutes) => new Date((await clock()) - minutes * 60_000).toISOString(),
  };
}

function playedWith(client: Client, handle: WorkflowHandleWithFirstExecutionRunId, world: World, pass: Played['pass']): Played {
  const view = () => handle.query<IncidentView>('incident');
  let read = 0;
  // By signal, the way that is left when an update gets no answer; what is refused is then to be read in the timeline.
  const ask: Played['ask'] = async (by, command, said) => {
    const refusals = (seen: IncidentView) =>
      seen.timeline.filter(({ text }) => text.startsWith(`${by} asked for ${command}, which was refused`));
    const before = await eventually('an incident that can be read', view, () => true);
    const id = randomUUID();
    await handle.signal('askLater', { by, id, command, with: said });
    const answered = (seen: IncidentView) => seen.done[`asked/${id}`] !== undefined || refusals(seen).length > refusals(before).length;
    const after = await eventually(`an answer to ${command}`, view, answered);
    if (after.done[`asked/${id}`] === undefined) throw new Error('refused', { cause: new Error(refusals(after).at(-1)!.text) });
    return { state: after.state, status: after.status };
  };
  return {
    ...{ handle, world, view, pass, ask },
    alerts: (...facts) => handle.signal('alerts', facts),
    run: (run) => handle.signal('run', run),
    seen: (what, holds) =>
      eventually(
        what,
        () => view().catch(() => undefined),
        (seen) => seen !== undefined && holds(seen),
      ) as Promise<IncidentView>,
    lengths: async () => {
      const found: number[] = [];
      for (let runId: string | undefined = handle.firstExecutionRunId; runId;) {
        const history: History = await client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
        found.push(history.events!.length);
        runId = history.events!.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
      }
      return found;
    },
    news: () => {
      const fresh = world.inbox.slice(read);
      read = world.inbox.length;
      return fresh.map(lineOf);
    },
  };
}
