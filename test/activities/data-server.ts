import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parse, stringify } from 'yaml';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface Version {
  version: string;
  schema: string;
  at: string;
  /** What the registry hands out; its digest is the one of `made`. */
  bytes: Buffer;
  made: Buffer;
}

interface Batch {
  id: string;
  state: string;
  rows: string[];
  problem: string | null;
  replay: string | null;
}

/**
 * A registry of models, a service that predicts with what is served (its weights are the artefact), and a pipeline whose rows go into a
 * store by their ids: all of them really do what they say, on one port of loopback.
 */
export async function startDataServer() {
  const world = {
    versions: ['1', '2', '3'].map((version): Version => {
      const made = Buffer.from(JSON.stringify({ version, weight: version === '3' ? 3 : 2 }));
      return { version, schema: 'sensor/2', at: `2026-11-0${version}T00:00:00Z`, bytes: made, made };
    }),
    serving: '2',
    loaded: '2',
    /** Answers of the registry to a change are lost after it took effect. */
    losesAnswers: false,
    /** So long it takes over a change before it answers, in ms. */
    slowMs: 0,
    writer: 'running',
    newest: new Date().toISOString() as string | null,
    stored: [] as string[],
    batches: [] as Batch[],
    /** Batches that fail as long as they are named here. */
    bad: new Set<string>(),
    changes: [] as string[],
    sourceIsThere: true,
    /** Where the registry says that artefacts are. */
    artefacts: '/artefacts',
  };
  const find = (version: string) => world.versions.find((one) => one.version === version);

  /** What the pipeline does with a batch that waits. */
  const work = (batch: Batch) => {
    if (world.bad.has(batch.id)) return Object.assign(batch, { state: 'failed', problem: 'row 3 has no temperature' });
    for (const row of batch.rows) if (!world.stored.includes(row)) world.stored.push(row);
    world.newest = new Date().toISOString();
    return Object.assign(batch, { state: 'done', problem: null });
  };

  const registry = () => ({
    serving: { version: world.serving, digest: digestOf(find(world.serving)!.made) },
    versions: world.versions.map(({ version, schema, at, made }) => ({
      version,
      schema,
      at,
      digest: digestOf(made),
      artefact: `${world.artefacts}/${version}`,
    })),
  });
  const predict = ({ temperature }: { temperature: number }) => {
    const model = find(world.loaded)!;
    if (!model.bytes.equals(model.made) || model.schema !== 'sensor/2') return undefined;
    return { score: temperature * (JSON.parse(model.bytes.toString()) as { weight: number }).weight };
  };
  const pipeline = () => ({
    ...{ writer: world.writer, newest: world.newest, duplicates: world.stored.length - new Set(world.stored).size },
    batches: world.batches.map(({ rows, ...told }) => ({ ...told, records: rows.length })),
  });
  const put = (path: string, body: Record<string, string>): boolean => {
    world.changes.push(`${path} ${JSON.stringify(body)}`);
    if (path === '/models') Object.assign(world, { serving: body['version'], loaded: body['version'] });
    if (path === '/pipeline/writer') {
      world.writer = body['state']!;
      if (world.writer === 'running') for (const one of world.batches.filter(({ state }) => state === 'waiting')) work(one);
    }
    const batch = world.batches.find(({ id }) => path === `/pipeline/batches/${id}`);
    if (batch && body['replay'] !== undefined && batch.replay === body['replay']) return true;
    if (batch) Object.assign(batch, { state: body['state'], replay: body['replay'] ?? batch.replay });
    if (batch?.state === 'waiting') work(batch);
    return !path.includes('nowhere');
  };

  const answer = (request: IncomingMessage, text: string): object | Buffer | undefined => {
    const path = request.url!;
    if (path === '/predict') return predict(JSON.parse(text) as { temperature: number });
    if (path === '/source') return world.sourceIsThere ? {} : undefined;
    if (request.headers.authorization !== 'Bearer data-token') return undefined;
    if (request.method === 'PUT') return put(path, JSON.parse(text) as Record<string, string>) ? {} : undefined;
    if (path.startsWith('/artefacts/')) return find(path.slice(11))?.bytes;
    return path === '/models' ? registry() : path === '/pipeline' ? pipeline() : undefined;
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const found = answer(request, Buffer.concat(chunks).toString());
      if (request.method === 'PUT' && world.losesAnswers) {
        world.losesAnswers = false;
        return void request.socket.destroy();
      }
      const reply = () =>
        response.writeHead(found === undefined ? 500 : 200).end(Buffer.isBuffer(found) ? found : JSON.stringify(found ?? {}));
      if (request.method === 'PUT') setTimeout(reply, world.slowMs);
      else reply();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['MUSTER_TEST_DATA_TOKEN'] = 'data-token';
  /** The range's environment, in which the shop predicts and gets data. */
  const environmentText = (): string => {
    const text = parse(readFileSync('environments/range.yaml', 'utf8')) as { services: { shop: Record<string, unknown> } };
    const { shop } = text.services;
    const golden = { name: 'a warm day', input: { temperature: 25 }, answer: { score: 50 }, tolerance: 0.5 };
    shop['model'] = {
      loadWithin: '5s',
      predict: `${url}/predict`,
      registry: { url: `${url}/models`, token: 'env:MUSTER_TEST_DATA_TOKEN' },
      schema: 'sensor/2',
      golden: [golden],
    };
    const source = { name: 'the sensors', url: `${url}/source` };
    shop['pipeline'] = { url: `${url}/pipeline`, token: 'env:MUSTER_TEST_DATA_TOKEN', sources: [source], freshFor: '1m' };
    return stringify(text);
  };
  return {
    ...{ url, world, environmentText },
    environment: (): Environment => parseEnvironment(environmentText(), 'data.yaml'),
    stop: async () => {
      delete process.env['MUSTER_TEST_DATA_TOKEN'];
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
