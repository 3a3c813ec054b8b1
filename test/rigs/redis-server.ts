import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { cloneFolder, isExecutable } from '../../src/config/tools.ts';
import { freePort } from '../../src/range/net/free-port.ts';
import { startTethered, type Tethered } from '../../src/tethered.ts';
import { eventually } from '../eventually.ts';
import { RigBroken } from './or-skip.ts';

const run = promisify(execFile);
const cache = join(cloneFolder, '.muster/cache/debian');
// Debian's server is one program with its tools.
const packages = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];

/** How Redis is started: from PATH, else unpacked with its libraries, never installed. Throws a sentence when this machine cannot. */
export async function redisProgram(): Promise<string[]> {
  const installed = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'redis-server'));
  const found = installed.find(isExecutable);
  if (found !== undefined) return [found];
  const target = join(cache, 'redis');
  const program = join(target, 'usr/bin/redis-server');
  if (!isExecutable(program)) await unpack(target);
  const { stdout } = await run('uname', ['-m']);
  const command = ['env', `LD_LIBRARY_PATH=${join(target, `usr/lib/${stdout.trim()}-linux-gnu`)}`, program];
  await run(command[0]!, [...command.slice(1), '--version']).catch((cause: unknown) => {
    throw new Error('the Debian package redis-server is unpacked, and lacks a library of this machine', { cause });
  });
  return command;
}

async function unpack(target: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'fetch-'));
  try {
    await run('apt-get', ['download', ...packages], { cwd: folder, timeout: 120_000 });
    for (const archive of await readdir(folder)) await run('dpkg-deb', ['-x', join(folder, archive), join(folder, 'files')]);
    await rm(target, { recursive: true, force: true });
    await rename(join(folder, 'files'), target);
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr ?? (cause as Error).message);
    throw new Error(`the Debian package redis-server is not here and cannot be fetched (${said.trim().split('\n').at(-1)})`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface RedisServer {
  port: number;
  url: string;
  /** A test's own client, which may do everything. */
  admin: Redis;
  /** Id of the server itself. */
  pid: number;
  stop(): Promise<void>;
}

/** A Redis on loopback that ends with this process. Throws RigBroken when it does not come up. */
export async function startRedis(program: readonly string[], folder: string, more: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const log: string[] = [];
  const fixed = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--enable-protected-configs',
    'yes',
    '--repl-diskless-sync-delay',
    '0',
  ];
  const server: Tethered = startTethered(program[0]!, [...program.slice(1), ...fixed, ...more], { onLine: (line) => log.push(line) });
  const admin = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 100, maxRetriesPerRequest: null, connectionName: 'admin' });
  admin.on('error', () => undefined);
  const stop = async () => {
    admin.disconnect();
    await server.stop();
  };
  const pid = await eventually(
    'Redis to answer',
    async () => Number(/process_id:(\d+)/.exec(await admin.info('server'))?.[1]),
    Boolean,
  ).catch(async (cause: unknown) => {
    await stop();
    throw new RigBroken(`Redis did not start:\n${log.slice(-20).join('\n')}`, { cause });
  });
  return { port, url: `redis://127.0.0.1:${port}`, admin, pid, stop };
}
