import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startStack, type Stack } from '../../src/cli/stack.ts';
import { finalStates, type GateView, type RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { recordHistories } from './record-histories.ts';

export interface Answer {
  status: number;
  body: Record<string, unknown> & {
    runId?: string;
    code?: string;
    detail?: string;
    holder?: string;
    errors?: { pointer: string; detail: string }[];
  };
}

/** Muster itself, as a person at the API meets it. */
export interface ServiceEstate {
  stack: Stack;
  client: Client;
  start(as: string, body: object, key?: string): Promise<Answer>;
  signal(as: string, runId: string, signal: string, body?: object, key?: string): Promise<Answer>;
  view(runId: string): Promise<RunView>;
  seen(runId: string, what: string, holds: (view: RunView) => boolean, within?: number): Promise<RunView>;
  openGate(runId: string): Promise<GateView>;
  /** Ana and Ben approve whatever gates open, until the run ends. */
  approveUntilEnd(runId: string, within?: number): Promise<RunView>;
}

export interface EstateOptions {
  /** File of the environment. With the range it stands in place of the range's own; without it, it is all that there is. */
  environment?: string;
  range: boolean;
  /** Tokens of the people of an environment of one's own, by name. */
  tokens?: Readonly<Record<string, string>>;
}

// The API counts requests; people do not ask forty times a second either.
const politeMs = 200;

/** Brings Muster up for one test file and ends it afterwards. */
export function serviceEstate({ environment, range, tokens }: EstateOptions): ServiceEstate {
  const estate = {} as ServiceEstate;
  const home = mkdtempSync(join(tmpdir(), 'muster-test-'));
  let connection: Connection | undefined;
  let former: string | undefined;

  before(async function () {
    this.timeout(120_000);
    former = process.env['MUSTER_ENVIRONMENT'];
    if (!range) process.env['MUSTER_ENVIRONMENT'] = environment;
    estate.stack = await startStack({
      ...{ home, range, ephemeral: true },
      ...(range && environment !== undefined ? { rangeEnvironment: environment } : {}),
    });
    connection = await Connection.connect({ address: estate.stack.addresses.temporal });
    estate.client = new Client({ connection, namespace: estate.stack.addresses.namespace });
  });
  after(async function () {
    this.timeout(60_000);
    if (former === undefined) delete process.env['MUSTER_ENVIRONMENT'];
    else process.env['MUSTER_ENVIRONMENT'] = former;
    if (process.env['MUSTER_RECORD_HISTORIES'] && estate.client)
      await recordHistories(estate.client, process.env['MUSTER_RECORD_HISTORIES']);
    await connection?.close();
    await estate.stack?.stop();
    if (this.test?.parent?.tests.some(({ state }) => state === 'failed')) for (const part of ['api', 'worker']) console.error(lastOf(part));
    rmSync(home, { recursive: true, force: true });
  });

  /** What a part said last: its folder is gone when somebody reads of the failure. */
  const lastOf = (part: string): string => {
    const file = join(home, 'logs', `${part}.log`);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-6) : ['nothing'];
    return `the ${part} said last:\n  ${lines.map((line) => line.slice(0, 1_200)).join('\n  ')}`;
  };

  const call = async (as: string, path: string, body?: object, key?: string): Promise<Answer> => {
    const headers = {
      Authorization: `Bearer ${(tokens ?? estate.stack.tokens)[as]}`,
      'Content-Type': 'application/json',
      ...(key ? { 'Idempotency-Key': key } : {}),
    };
    const response = await fetch(
      new URL(path, estate.stack.addresses.api),
      body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
    );
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };

  estate.start = (as, body, key) => call(as, '/api/runs', body, key);
  estate.signal = (as, runId, signal, body = {}, key = randomUUID()) => call(as, `/api/runs/${runId}/signals/${signal}`, body, key);
  estate.view = async (runId) => {
    const { status, body } = await call('vic', `/api/runs/${runId}`);
    if (status !== 200) throw new Error(`no view of ${runId}: ${status} ${JSON.stringify(body)}`);
    return body as unknown as RunView;
  };
  estate.seen = (runId, what, holds, within = 60_000) => eventually(what, () => estate.view(runId), holds, within, politeMs);
  estate.openGate = async (runId) => {
    const view = await estate.seen(runId, 'an open gate', ({ gates }) => gates.some(({ state }) => state === 'open'));
    return view.gates.find(({ state }) => state === 'open')!;
  };
  estate.approveUntilEnd = (runId, within = 120_000) =>
    eventually(
      'the end of the run',
      async () => {
        const view = await estate.view(runId);
        const gate = view.gates.find(({ state }) => state === 'open');
        if (gate)
          await Promise.all(
            ['ana', 'ben'].map((by) =>
              estate.signal(by, runId, 'approve', { gate: gate.id, digest: gate.digest, comment: 'seen in a test' }),
            ),
          );
        return view;
      },
      ({ state }) => finalStates.includes(state),
      within,
      politeMs,
    );
  return estate;
}
