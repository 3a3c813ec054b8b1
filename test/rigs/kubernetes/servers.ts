import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { freePort } from '../../../src/range/net/free-port.ts';
import { startTethered, type Tethered } from '../../../src/tethered.ts';
import { eventually } from '../../eventually.ts';
import { makeAccess, parts, type Access } from './access.ts';
import { auditPolicy } from './audit.ts';
import { nodeStages, podStages } from './faults.ts';

const run = promisify(execFile);

export interface Servers {
  server: string;
  access: Access;
  auditLog: string;
  /** Everything that the programs said lately, to tell why something does not work. */
  said(): string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  folder: string;
  /** Folder of the programs, and how etcd is started. */
  programs: string;
  etcd: readonly string[];
  /** Files that `kubectl logs` shows of every container, and of the one before it. */
  logs: { now: string; previous: string };
  /** More stages for kwok. */
  stages: readonly object[];
}

/** Starts etcd, the API server, the controllers, the scheduler and kwok on loopback; all of them end with this process. */
export async function startServers({ folder, programs, etcd, logs, stages }: ServerOptions): Promise<Servers> {
  const [store, peer, port, kubelet] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const server = `https://127.0.0.1:${port}`;
  const certificates = join(folder, 'certificates');
  const certificate = join(certificates, 'apiserver.crt');
  const access = makeAccess(folder, server, certificate);
  const auditLog = join(folder, 'audit.log');
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  mkdirSync(certificates);
  write('audit.log', '');

  const lines = new Map<string, string[]>();
  const running: Tethered[] = [];
  const start = (name: string, [program, ...first]: readonly string[], args: readonly string[]) => {
    const own: string[] = [];
    lines.set(name, own);
    const onLine = (line: string) => void (own.push(`${name}: ${line}`), own.splice(0, own.length - 100));
    const part = startTethered(program!, [...first, ...args], { env: { ...process.env, HOME: folder }, cwd: folder, onLine });
    void part.ended.then((code) => own.push(`${name} ended with ${code}`));
    running.push(part);
  };
  const own = (name: string, args: readonly string[]) => start(name, [join(programs, name)], args);
  const said = () => [...lines.values()].flatMap((own) => own.slice(-12)).join('\n');
  // Those who ask end before those who answer.
  const stop = async () => {
    for (const part of running.splice(0).reverse()) await part.stop();
  };

  try {
    start('etcd', etcd, [
      ...[`--data-dir=${join(folder, 'etcd')}`, '--logger=zap', '--log-level=warn'],
      ...[`--listen-client-urls=http://127.0.0.1:${store}`, `--advertise-client-urls=http://127.0.0.1:${store}`],
      ...[`--listen-peer-urls=http://127.0.0.1:${peer}`, `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`],
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ]);
    own('kube-apiserver', [
      ...[`--etcd-servers=http://127.0.0.1:${store}`, '--bind-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${certificates}`],
      // There is nobody behind the service `kubernetes`: no pod really runs.
      ...['--endpoint-reconciler-type=none', '--advertise-address=192.0.2.1', '--service-cluster-ip-range=10.96.0.0/24'],
      ...[`--token-auth-file=${access.tokens}`, '--authorization-mode=RBAC', '--service-account-issuer=https://kubernetes.default.svc'],
      ...[`--service-account-key-file=${access.publicKey}`, `--service-account-signing-key-file=${access.signingKey}`],
      ...[`--audit-log-path=${auditLog}`, `--audit-policy-file=${write('audit-policy.yaml', stringify(auditPolicy(parts)))}`],
      ...['--kubelet-preferred-address-types=InternalIP', '--profiling=false', '--shutdown-delay-duration=0s'],
    ]);
    // The others give up when it does not answer, or has not made its certificate yet.
    const asked = ['--kubeconfig', access.kubeconfig('readiness.kubeconfig', { cluster: 'rig:cluster' }), 'get', '--raw', '/readyz'];
    await eventually('the API server', () => run(join(programs, 'kubectl'), asked, { timeout: 5_000 }), Boolean, 120_000, 100);
    const kubeconfig = (name: string, user: (typeof parts)[number]) => access.kubeconfig(`${name}.kubeconfig`, { [name]: user });
    own('kube-controller-manager', [
      ...[`--kubeconfig=${kubeconfig('controllers', 'rig:controllers')}`, '--leader-elect=false', '--secure-port=0'],
      ...[`--service-account-private-key-file=${access.signingKey}`, `--root-ca-file=${certificate}`],
      // An autoscaler that waits 15 s would seldom be seen to fight.
      '--horizontal-pod-autoscaler-sync-period=1s',
    ]);
    own('kube-scheduler', [`--kubeconfig=${kubeconfig('scheduler', 'rig:scheduler')}`, '--leader-elect=false', '--secure-port=0']);
    const log = { containers: [], logsFile: logs.now, previousLogsFile: logs.previous, follow: false };
    const configuration = [
      { apiVersion: 'config.kwok.x-k8s.io/v1alpha1', kind: 'KwokConfiguration', options: { enableCRDs: [] } },
      ...[...nodeStages, ...podStages, ...stages],
      { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'ClusterLogs', metadata: { name: 'all' }, spec: { logs: [log] } },
    ];
    own('kwok', [
      ...[`--config=${write('kwok.yaml', configuration.map((part) => stringify(part)).join('---\n'))}`, '--manage-all-nodes=true'],
      ...[`--kubeconfig=${kubeconfig('kwok', 'rig:kwok')}`, '--node-ip=127.0.0.1', `--node-port=${kubelet}`],
      ...[`--server-address=127.0.0.1:${kubelet}`, `--tls-cert-file=${certificate}`],
      `--tls-private-key-file=${join(certificates, 'apiserver.key')}`,
      // Without a lease a node counts as lost after 40 s.
      '--node-lease-duration-seconds=40',
    ]);
  } catch (cause) {
    const why = said();
    await stop();
    throw new Error(`the cluster did not start: ${(cause as Error).message}\n${why}`, { cause });
  }
  return { server, access, auditLog, said, stop };
}
