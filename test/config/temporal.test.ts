import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectTemporal, resolveTemporal, startEmbeddedTemporal } from '../../src/config/temporal.ts';
import { nodeArguments } from '../../src/config/tools.ts';

const nothing = { HOME: '/nowhere' };

describe('resolveTemporal', () => {
  it('means the embedded server when nothing is configured', () => {
    assert.equal(resolveTemporal(nothing), 'embedded');
  });

  it('takes address and namespace from the variables', () => {
    const target = resolveTemporal({ ...nothing, TEMPORAL_ADDRESS: 'temporal.example.com:7233', TEMPORAL_NAMESPACE: 'ops' });
    assert.ok(target !== 'embedded');
    assert.deepEqual([target.address, target.namespace], ['temporal.example.com:7233', 'ops']);
  });

  it('turns TLS on with an API key, and refuses to send the key in clear', () => {
    const withKey = { ...nothing, TEMPORAL_ADDRESS: 'temporal.example.com:7233', TEMPORAL_API_KEY: 'visibly-fake' };
    const target = resolveTemporal(withKey);
    assert.ok(target !== 'embedded');
    assert.equal(target.connectionOptions.tls, true);
    assert.throws(() => resolveTemporal({ ...withKey, TEMPORAL_TLS: 'false' }), /would send the key in clear/);
  });

  it('says what is missing when the configuration is half', () => {
    assert.throws(() => resolveTemporal({ ...nothing, TEMPORAL_NAMESPACE: 'ops' }), /set TEMPORAL_ADDRESS/);
    assert.throws(() => resolveTemporal({ ...nothing, TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' }), /which does not exist/);
  });

  it('reads the named profile of a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-'));
    const file = join(folder, 'temporal.toml');
    await writeFile(file, '[profile.staging]\naddress = "staging.example.com:7233"\nnamespace = "staging"\n');
    const target = resolveTemporal({ ...nothing, TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'staging' });
    assert.ok(target !== 'embedded');
    assert.equal(target.namespace, 'staging');
    await rm(folder, { recursive: true });
  });
});

describe('the embedded Temporal server', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const connect = async (address: string) => connectTemporal(resolveTemporal({ ...nothing, TEMPORAL_ADDRESS: address }));

  it('answers when it is started, and keeps its runs across a restart', async () => {
    const first = await startEmbeddedTemporal({ folder });
    const before = await connect(first.address);
    await before.client.workflow.start('nobodyKnows', { taskQueue: 'nobody', workflowId: 'kept' });
    await before.close();
    await first.stop();

    const second = await startEmbeddedTemporal({ folder, ports: first.ports });
    assert.equal(second.address, first.address);
    const after = await connect(second.address);
    assert.equal((await after.client.workflow.getHandle('kept').describe()).status.name, 'RUNNING');
    await after.close();
    await second.stop();
  });

  it('shows the end of its log when it cannot start', async () => {
    await writeFile(join(folder, 'temporal.db'), 'this is no database\n'.repeat(100));
    await assert.rejects(startEmbeddedTemporal({ folder }), /did not start: it ended with code \d+\n.+/);
  });

  it('does not outlive the process that started it, even one that is killed', async () => {
    const source = `
      import { startEmbeddedTemporal } from '${nodeArguments('src/config/temporal.ts').at(-1)}';
      const { address } = await startEmbeddedTemporal({ folder: process.argv[1] });
      console.log(address);
      setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', source, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const target = resolveTemporal({ ...nothing, TEMPORAL_ADDRESS: line.toString().trim() });
    await (await connectTemporal(target)).close();

    owner.kill('SIGKILL');
    const until = Date.now() + 15_000;
    const answers = () =>
      connectTemporal(target, 500)
        .then(async (temporal) => temporal.close().then(() => true))
        .catch(() => false);
    while (await answers()) {
      assert.ok(Date.now() < until, 'the server still answers');
      await delay(100);
    }
  });
});

describe('connectTemporal', () => {
  it('says which address does not answer', async () => {
    await assert.rejects(
      connectTemporal(resolveTemporal({ ...nothing, TEMPORAL_ADDRESS: '127.0.0.1:1' }), 500),
      /Temporal does not answer at 127\.0\.0\.1:1/,
    );
  });
});
