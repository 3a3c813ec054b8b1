import { Failure } from '../../workflows/failures.ts';
import { failure, type HostPlace } from '../kit/index.ts';
import { hostCommands } from './commands.ts';
import { ssh, sshUnless } from './ssh.ts';

export interface PortSeen {
  address: string;
  port: number;
  /** Program and its process id; null when Muster may not see whose it is. */
  program: string | null;
}

export interface PressureSeen {
  processors: number;
  /** Of the last 1, 5 and 15 minutes. */
  load: [number, number, number];
  memory: { totalBytes: number; availableBytes: number };
  /** Share of the last minute in which something waited, 0 to 1; null where the kernel does not tell. */
  stalled: { cpu: number | null; memory: number | null; io: number | null };
}

/** Who listens, sorted by port. */
export async function readPortsOf(host: HostPlace): Promise<PortSeen[]> {
  const { stdout } = await ssh(host, hostCommands.ports());
  const ports = stdout.split('\n').flatMap((line) => {
    const [, address, port, users] = /^LISTEN +\d+ +\d+ +(\S+):(\d+) +\S+ *(.*)$/.exec(line) ?? [];
    if (port === undefined) return [];
    const [, program, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(users ?? '') ?? [];
    return [{ address: address!, port: Number(port), program: program === undefined ? null : `${program} (${pid})` }];
  });
  return ports.sort((a, b) => a.port - b.port);
}

/** How busy the host is. Throws Permanent when it tells something else. */
export async function readPressureOf(host: HostPlace): Promise<PressureSeen> {
  const [{ stdout: memory }, { stdout: processors }, ...stalled] = await Promise.all([
    ssh(host, hostCommands.memory()),
    ssh(host, hostCommands.processors()),
    ...(['cpu', 'memory', 'io'] as const).map((of) => sshUnless(host, hostCommands.pressure(of), [1])),
  ]);
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(memory)?.[1]) * 1024;
  const [, one, five, fifteen] = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) \d+\/\d+ \d+$/m.exec(memory) ?? [];
  const seen = {
    processors: parseInt(processors, 10),
    load: [Number(one), Number(five), Number(fifteen)] as [number, number, number],
    memory: { totalBytes: bytes('MemTotal'), availableBytes: bytes('MemAvailable') },
  };
  if (![seen.processors, ...seen.load, ...Object.values(seen.memory)].every(Number.isFinite))
    throw failure(Failure.Permanent, `${host.address} does not tell how busy it is in a way that is known`);
  const [cpu = null, ram = null, io = null] = stalled.map((found) => {
    const share = /^some .*avg60=(\d+\.\d+)/m.exec(found?.stdout ?? '')?.[1];
    return share === undefined ? null : Number(share) / 100;
  });
  return { ...seen, stalled: { cpu, memory: ram, io } };
}
