import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../../src/config/temporal.ts';
import { muster } from './support/muster.ts';

describe('commands while the API is down', () => {
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
