import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { isProven, readDecisionKeys } from '../../src/config/decision-key.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import { connectTemporal, startEmbeddedTemporal, type EmbeddedTemporal } from '../../src/config/temporal.ts';
import type { NoteCommand } from '../../src/workflows/messages.ts';
import { muster } from './support/muster.ts';

describe('commands while the API is down', function () {
  this.timeout(60_000);
  let temporal: EmbeddedTemporal;
  let home: string;
  let api: string;
  const say = (...args: string[]) =>
    muster(args, {
      MUSTER_HOME: home,
      MUSTER_API: api,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
    });

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-'));
    api = await nobodyThere();
    temporal = await startEmbeddedTemporal({ folder: home });
  });
  after(async () => {
    await temporal.stop();
    await rm(home, { recursive: true });
  });

  it('go to Temporal itself, and say so', async () => {
    const { code, stdout, stderr } = await say('runs');
    assert.deepEqual([code, stdout], [0, 'No runs yet.\n']);
    assert.equal(stderr, `the API at ${api} does not answer.\nSpeaks to Temporal at ${temporal.address} directly.\n`);
  });

  it('change something only for a person of the environment', async () => {
    const there = 'service-down-20260301-100000-1f3a';
    const nobody = await say('pause', there);
    assert.equal(nobody.code, 2, nobody.stderr);
    assert.match(nobody.stderr, /say who you are: --as <subject>/);
    const stranger = await say('pause', there, '--as', 'mallory');
    assert.equal(stranger.code, 3);
    assert.match(stranger.stderr, /mallory is not among the people of range; there are: sam, ana, ben, you, vic/);
    const viewer = await say('start', 'fail-over-region', '--as', 'vic', '--reason', 'x');
    assert.equal(viewer.code, 3);
    assert.match(viewer.stderr, /NotEntitled: fail-over-region is started by the role responder; vic has viewer/);
  });

  it('refuse wrong input with the name of the field, and start nothing', async () => {
    const input = ['--input', 'service=shop', 'from=north', 'to=west'];
    const { code, stderr } = await say('start', 'fail-over-region', '--direct', '--as', 'sam', ...input, '--reason', 'x');
    assert.equal(code, 2);
    assert.match(stderr, /muster: InvalidInput: .*\/from/);
    const slip = ['--input', 'service=shp', 'from=east', 'to=west'];
    const meant = await say('start', 'fail-over-region', '--direct', '--as', 'sam', ...slip, '--reason', 'x');
    assert.match(meant.stderr, /"shp" is no service; did you mean shop\?/);
    const field = ['--input', 'service=shop', 'from=east', 'to=west', 'planed=true'];
    const wrong = await say('start', 'fail-over-region', '--direct', '--as', 'sam', ...field, '--reason', 'x');
    assert.match(wrong.stderr, /\/input\/planed is not known here; did you mean planned\?/);
    assert.equal((await say('runs', '--direct')).stdout, 'No runs yet.\n');
  });

  it('are signed for whoever has their own token at hand, and are a claim of anybody else', async () => {
    const token = 'a-token-of-sam';
    const written = await readFile('environments/range.yaml', 'utf8');
    const file = join(home, 'mine.yaml');
    await writeFile(file, written.replace('env:MUSTER_RANGE_TOKEN_SAM', `sha256:${createHash('sha256').update(token).digest('hex')}`));
    const connected = await connectTemporal({ ...temporal, connectionOptions: { address: temporal.address } });
    try {
      const run = { workflowId: 'run-of-sam', taskQueue: 'muster-range', args: [{}] };
      const handle = await connected.client.workflow.start('failOverRegion', run);
      const note = (as: string, text: string) =>
        muster(['note', 'run-of-sam', text, '--direct', '--as', as], {
          ...{ MUSTER_HOME: home, MUSTER_ENVIRONMENT: file, MUSTER_TOKEN: token },
          ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'default' },
        });
      for (const [as, text] of Object.entries({ sam: 'mine', ana: "in ana's name" })) {
        const { code, stderr } = await note(as, text);
        assert.equal(code, 4, stderr);
      }
      const { events = [] } = await handle.fetchHistory();
      const said = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.input?.payloads ?? []);
      const [mine, hers] = said.map((payload) => defaultPayloadConverter.fromPayload<NoteCommand>(payload));
      const environment = await loadEnvironment(file);
      const { proof, ...command } = mine!;
      const whole = { environment: 'range', to: 'run-of-sam', what: 'note', command };
      assert.deepEqual(
        [command.by, command.channel, isProven(readDecisionKeys(environment, { MUSTER_HOME: home }), whole, proof!)],
        ['sam', 'cli', true],
      );
      assert.deepEqual([hers!.by, hers!.proof], ['ana', undefined]);
    } finally {
      await connected.close();
    }
  });

  it('say that a run is not there', async () => {
    const { code, stderr } = await say('pause', 'run-1', '--as', 'sam');
    assert.equal(code, 3);
    assert.match(stderr, /muster: NotFound: there is no run run-1/);
    const slip = await say('runs', '--direct', '--as', 'anna');
    assert.equal(slip.code, 3);
    assert.match(slip.stderr, /anna is not among the people of range; did you mean ana\? there are: sam, ana, /);
  });
});

/** An address where nothing listens any more. */
async function nobodyThere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
