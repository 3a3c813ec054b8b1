import assert from 'node:assert/strict';
import { hostActivities } from '../../src/activities/host/machine.ts';
import { systemdActivities } from '../../src/activities/host/systemd.ts';
import { inStep } from './in-step.ts';
import { environmentOnHost, standInSsh, type StandInSsh } from './stand-in-ssh.ts';

const where = { service: 'shop', region: 'east' };
const place = {
  ...{ address: 'app-1.example.com', user: 'muster', identity: '/keys/muster', knownHosts: '/keys/known_hosts' },
  ...{ unit: 'shop@srv-my\\x2dapp.service', disks: ['/'] },
};
const shown = (more: Record<string, string>) => ({
  out: Object.entries({ LoadState: 'loaded', ActiveState: 'active', SubState: 'running', Result: 'success', InvocationID: 'a1', ...more })
    .map(([name, value]) => `${name}=${value}\n`)
    .join(''),
});
const at = (iso: string) => ({ out: `${Date.parse(iso) / 1_000}.000000000\n` });

describe('a host, by what people met in the field', () => {
  let ssh: StandInSsh;
  before(() => void (ssh = standInSsh()));
  after(() => ssh.remove());
  const unit = async (clock: string, more: Record<string, string>) => {
    ssh.answers({ "'systemctl' 'show'": shown(more), "'date'": at(clock) });
    const { result } = await inStep(systemdActivities(environmentOnHost(place)).readUnit, where);
    return result.instances[0]!;
  };
  const loop = {
    ...{ NRestarts: '1432', ExecMainCode: '1', ExecMainStatus: '1', ExecMainExitTimestamp: 'Sat 2026-11-21 14:55:05 UTC' },
    ActiveEnterTimestamp: 'Sat 2026-11-21 14:55:13 UTC',
  };

  it('sees a crash loop in a good moment of it', async () => {
    const { ready, trouble } = await unit('2026-11-21T14:55:21Z', loop);
    assert.deepEqual([ready, trouble], [false, 'crashing']);
  });

  it('sees that a unit runs which was restarted an hour ago', async () => {
    const { ready, trouble } = await unit('2026-11-21T15:55:21Z', loop);
    assert.deepEqual([ready, trouble], [true, null]);
  });

  it('does not call a slow start a crash for one restart of last week', async () => {
    const starting = { ActiveState: 'activating', SubState: 'start', NRestarts: '1', ActiveEnterTimestamp: '' };
    const { trouble } = await unit('2026-11-28T15:00:00Z', { ...loop, ...starting });
    assert.equal(trouble, 'not-ready');
    assert.equal((await unit('2026-11-21T14:55:21Z', { ...loop, ...starting })).trouble, 'crashing');
  });

  const blocks = 'Filesystem 1-blocks Used Available Capacity Mounted on\n/dev/vda1 100000000000 40000000000 60000000000 40% /\n';
  const disks = async (inodes: string) => {
    ssh.answers({
      "'df' '-P' '-B1'": { out: blocks },
      "'df' '-P' '-i'": { out: `Filesystem Inodes IUsed IFree IUse% Mounted on\n${inodes}\n` },
    });
    return (await inStep(hostActivities(environmentOnHost(place)).readDisks, where)).result[0]!;
  };

  it('tells a disk whose entries for files are gone from one that has room', async () => {
    const { usedShare, inodesUsedShare } = await disks('/dev/vda1 6553600 6553600 0 100% /');
    assert.deepEqual([usedShare, inodesUsedShare], [0.4, 1]);
  });

  it('says nothing of entries where a file system has no limit of them', async () => {
    assert.equal((await disks('/dev/vda1 0 0 0 - /')).inodesUsedShare, undefined);
  });
});
