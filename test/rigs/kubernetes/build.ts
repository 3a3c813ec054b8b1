import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloneFolder, isExecutable } from '../../../src/config/tools.ts';
import { startTethered } from '../../../src/tethered.ts';
import { eventually } from '../../eventually.ts';
import { isAlive, thisProcess } from '../rig-folder.ts';

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(cloneFolder, '.muster/cache/kubernetes');
const version = 'v1.33.13';
const commands = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
};

/** How long a build may take on a small machine that does other things too, in ms. */
export const buildMs = 30 * 60_000;
const sayEveryMs = 20_000;

/**
 * Folder with Kubernetes' own programs and kwok, built from the sources that go.sum pins; once, which takes 5 to 10 minutes. Throws a sentence
 * when this machine has no Go, or cannot fetch or build them.
 */
export async function kubernetesPrograms(log: (line: string) => void): Promise<string> {
  const pinned = ['go.mod', 'go.sum'].map((name) => readFileSync(join(here, name)));
  const folder = join(cache, createHash('sha256').update(Buffer.concat(pinned)).digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  const go = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/go/bin'].map((path) => join(path, 'go')).find(isExecutable);
  if (go === undefined) throw new Error('Go 1.24 or newer is not here, which builds Kubernetes from its sources');
  await mkdir(cache, { recursive: true });
  const release = await takeTurn(log);
  try {
    if (!existsSync(folder)) await build(go, folder, log);
  } finally {
    await release();
  }
  return folder;
}

async function build(go: string, folder: string, log: (line: string) => void): Promise<void> {
  const made = await mkdtemp(join(cache, 'build-'));
  const said: string[] = [];
  const began = Date.now();
  const flags = ['-trimpath', '-v', '-ldflags', `-s -w -X k8s.io/component-base/version.gitVersion=${version}`, '-o', `${made}/`];
  log(`building Kubernetes ${version} from its sources, once; this takes 5 to 10 minutes`);
  const builder = startTethered('nice', [go, 'build', ...flags, ...Object.values(commands)], {
    ...{ cwd: here, env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' } },
    onLine: (line) => said.push(line),
  });
  const progress = setInterval(
    () => log(`${Math.round((Date.now() - began) / 1_000)} s: ${said.length} modules and packages, now ${said.at(-1) ?? 'nothing yet'}`),
    sayEveryMs,
  );
  try {
    const code = await builder.ended;
    if (code !== 0) throw new Error(`Kubernetes ${version} cannot be built here: ${said.slice(-3).join('; ') || `go ended with ${code}`}`);
    await rename(made, folder);
    log(`built after ${Math.round((Date.now() - began) / 1_000)} s`);
  } finally {
    clearInterval(progress);
    await builder.stop();
    await rm(made, { recursive: true, force: true });
  }
}

/** One builder at a time; the others wait, and then find what it has built. */
async function takeTurn(log: (line: string) => void): Promise<() => Promise<void>> {
  const lock = join(cache, 'building');
  const take = async () => {
    try {
      const file = await open(lock, 'wx');
      await file.writeFile(thisProcess());
      await file.close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await readFile(lock, 'utf8').catch(() => '');
      if (holder !== '' && !isAlive(holder)) await rm(lock, { force: true });
      return false;
    }
  };
  if (!(await take())) {
    log('somebody else builds Kubernetes; waiting for it');
    await eventually('the other builder', take, Boolean, buildMs, 1_000);
  }
  return () => rm(lock, { force: true });
}
