import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from '../../config/tools.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, type HostPlace, mustBeAllowed, named, type PredictedCall, runCommand } from '../kit/index.ts';
import { quoted, sshArguments, sshOptions } from './ssh.ts';

/** What a run of a playbook did, or in a look would do. */
export interface PlaySummary {
  ok: number;
  changed: number;
  skipped: number;
  /** The end of what it said, with the differences. */
  said: string;
}

const seconds = 600;

/**
 * The playbook of that name, if its file is still the one that the environment allows.
 * Throws InvalidInput for an unknown one, RefusedBySafetyRule for one whose text has changed.
 */
export async function allowedPlaybook(host: HostPlace, name: string): Promise<string> {
  const allowed = named(host.playbooks, name, 'playbook');
  await mustBeAllowed('playbook', allowed);
  return allowed.file;
}

/** The arguments for this one host, reached as every other command reaches it. */
export function playArguments(host: HostPlace, file: string, check: boolean): string[] {
  // Checks the names that go into it.
  sshArguments(host, { kind: 'read', words: ['true'] });
  const inventory = ['--inventory', `${host.address},`, '--limit', host.address];
  const reached = ['--user', host.user, '--private-key', host.identity, '--timeout', '10', '-e', `ansible_port=${host.port}`];
  return [...inventory, ...reached, '--diff', ...(check ? ['--check'] : []), '--', file];
}

export const predictedPlay = (host: HostPlace, file: string): PredictedCall => {
  const args = ['ansible-playbook', ...playArguments(host, file, false)];
  return { call: args.join(' '), args };
};

/** Runs a playbook, or with `check` only finds out what it would change. Throws when a host was not reached or a task failed. */
export async function play(host: HostPlace, file: string, check: boolean): Promise<PlaySummary> {
  const home = await mkdtemp(join(tmpdir(), 'muster-ansible-'));
  try {
    const stdout = await playIn(home, host, file, check);
    const [, ok, changed, unreachable, failed, skipped] =
      /^\S+\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)\s+skipped=(\d+)/m.exec(stdout) ?? [];
    if (skipped === undefined) throw failure(Failure.Permanent, `the playbook ${file} has nothing for ${host.address}`);
    if (Number(unreachable) + Number(failed) > 0) throw failure(Failure.Permanent, `the playbook ${file} failed on ${host.address}`);
    return { ok: Number(ok), changed: Number(changed), skipped: Number(skipped), said: stdout.slice(-4_000) };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** In a folder of its own, so that no configuration but ours counts. */
async function playIn(home: string, host: HostPlace, file: string, check: boolean): Promise<string> {
  const config = join(home, 'ansible.cfg');
  await writeFile(config, '');
  const { stdout } = await runCommand({
    ...{ file: program(), args: playArguments(host, file, check), kind: check ? 'read' : 'change', timeoutMs: seconds * 1_000 },
    env: {
      ANSIBLE_CONFIG: config,
      ANSIBLE_HOME: home,
      ANSIBLE_HOST_KEY_CHECKING: 'True',
      ANSIBLE_SSH_ARGS: ['-F', 'none', ...sshOptions(host).flatMap((option) => ['-o', option])].map(quoted).join(' '),
      ANSIBLE_PIPELINING: 'True',
      ANSIBLE_NOCOLOR: 'True',
      ANSIBLE_RETRY_FILES_ENABLED: 'False',
      ANSIBLE_STDOUT_CALLBACK: 'default',
      ANSIBLE_PYTHON_INTERPRETER: 'auto_silent',
      LC_ALL: 'C.UTF-8',
    },
    // 2: a task failed; 4: the host was not reached, perhaps in the middle of it.
    exitCodes: { 1: 'permanent', 2: 'permanent', 4: 'unknown', 250: 'permanent' },
  });
  return stdout;
}

function program(): string {
  try {
    return toolPath('ansible-playbook');
  } catch {
    throw failure(Failure.Permanent, 'ansible-playbook was not found in MUSTER_TOOLS or on PATH: install ansible-core');
  }
}
