import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../src/range/net/free-port.ts';
import { startTethered, type Tethered } from '../../src/tethered.ts';
import { eventually } from '../eventually.ts';

export interface MonitoringOptions {
  /** How they are started. */
  programs: { prometheus: string[]; alertmanager: string[] };
  /** Load balancers of the shop by region, and the control of the range; URLs. */
  shops: Record<string, string>;
  control: string;
  /** Where alerts go, and the token for it. */
  webhook: { url: string; token: string };
}

export interface Monitoring {
  prometheus: string;
  alertmanager: string;
  stop(): Promise<void>;
}

/** A real Prometheus that watches the range, and a real Alertmanager that tells of it; both on loopback, in a folder that goes with them. */
export async function startMonitoring({ programs, shops, control, webhook }: MonitoringOptions): Promise<Monitoring> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-rig-'));
  const [prometheus, alertmanager] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const write = (name: string, content: object) => writeFile(join(folder, name), stringify(content));
  const host = (url: string) => new URL(url).host;
  await write('prometheus.yml', {
    global: { scrape_interval: '1s', scrape_timeout: '900ms', evaluation_interval: '1s' },
    rule_files: [resolve('environments/range/alert-rules.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: 'shop',
        static_configs: Object.entries(shops).map(([region, url]) => ({ targets: [host(url)], labels: { region } })),
      },
      // The range says itself which region its numbers are of.
      { job_name: 'range', static_configs: [{ targets: [host(control)] }] },
    ],
  });
  await write('alertmanager.yml', {
    route: { receiver: 'muster', group_by: ['alertname', 'region'], group_wait: '1s', group_interval: '1s', repeat_interval: '1h' },
    receivers: [
      {
        name: 'muster',
        webhook_configs: [{ url: webhook.url, http_config: { authorization: { type: 'Bearer', credentials: webhook.token } } }],
      },
    ],
  });
  const log: string[] = [];
  const start = ([program, ...first]: string[], args: string[]): Tethered =>
    startTethered(program!, [...first, ...args], { onLine: (line) => log.push(line) });
  const parts = [
    start(programs.alertmanager, [
      ...[`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/alertmanager`],
      ...[`--web.listen-address=${alertmanager}`, '--cluster.listen-address='],
    ]),
    start(programs.prometheus, [
      ...[`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/prometheus`],
      `--web.listen-address=${prometheus}`,
    ]),
  ];
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  for (const address of [prometheus, alertmanager]) {
    const isReady = async () => (await fetch(`http://${address}/-/ready`)).ok;
    await eventually(`${address} to be ready`, isReady, Boolean).catch(async (cause: unknown) => {
      await stop();
      throw new Error(`it did not start:\n${log.slice(-40).join('\n')}`, { cause });
    });
  }
  return { prometheus: `http://${prometheus}`, alertmanager: `http://${alertmanager}`, stop };
}
