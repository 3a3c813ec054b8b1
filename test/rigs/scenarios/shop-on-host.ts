import { readFileSync } from 'node:fs';
import { eventually } from '../../eventually.ts';
import { startHost, type Host } from '../host/host.ts';
import type { OwnEnvironment } from './own-environment.ts';

/** Serves while it can write its log, and needs as many mebibytes of memory as its file says. */
const app = `import http.server, os, threading, time
kept = []
def look():
    while True:
        if os.path.exists('/run/app-eats') and not kept: kept.append(bytearray(int(open('/run/app-eats').read() or 0) * 1048576))
        time.sleep(0.1)
threading.Thread(target=look, daemon=True).start()
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with open('/var/log/app/app.log', 'a') as log: log.write('somebody asked\\n')
            self.send_response(200); self.end_headers(); self.wfile.write(b'well')
        except OSError as error:
            self.send_response(500); self.end_headers(); self.wfile.write(str(error).encode())
    def log_message(self, *words): pass
print('it serves', flush=True)
http.server.ThreadingHTTPServer(('0.0.0.0', 8080), Health).serve_forever()
`;
const unit = '[Service]\nEnvironmentFile=/etc/app.env\nExecStart=/usr/bin/python3 /opt/app.py\nStandardOutput=journal\nMemoryMax=60M\n';
const log = '/var/log/app/app.log';
const wal = '/var/log/app/pg_wal/000000010000000000000001';
const dropIn = '/etc/systemd/system/app.service.d/90-muster.conf';

/** The shop as a unit of systemd on a machine of its own. */
export interface ShopOnHost {
  host: Host;
  /** The unit runs and serves as on the first day. */
  asNew(): Promise<void>;
  /** Waits until the kernel has killed it for its memory. */
  killedForMemory(): Promise<void>;
  hang(): Promise<void>;
  /** Its log, beside the files of a database, leaves nothing on their disk; the journal takes more than 200 MiB. */
  fillDisk(): Promise<void>;
  serves(): Promise<void>;
  /** A property of the unit as systemd tells it. */
  property(name: string): Promise<string>;
  /** How often it was started since it was as new. */
  starts(): Promise<number>;
  /** Muster's file with limits; empty when there is none. */
  dropIn(): Promise<string>;
  journalBytes(): Promise<number>;
  /** Size and inode of its log, and the sum of the database's file. */
  files(): Promise<{ size: number; inode: string; database: string }>;
  /** What nothing but a change changes. */
  everything(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the machine and writes the environment that says how Muster looks after it. Throws a sentence when this machine cannot have one. */
export async function shopOnHost(own: OwnEnvironment): Promise<ShopOnHost> {
  const sudoers = readFileSync('deploy/systemd/sudoers', 'utf8');
  const host = await startHost({ sudoers, disks: { '/var/log/journal': '280M', '/var/log/app': '16M' } });
  await host.write('/opt/app.py', app);
  await host.write('/etc/logrotate.d/app', `${log} {\n  rotate 3\n  copytruncate\n}\n`);
  // It would keep itself small otherwise.
  await host.write('/etc/systemd/journald.conf.d/size.conf', '[Journal]\nSystemMaxUse=275M\nSystemKeepFree=1M\nSystemMaxFileSize=8M\n');
  await host.run('systemctl restart systemd-journald');
  const url = `http://${host.address}:8080`;
  const { address, identity, knownHosts } = host;
  const disks = ['/', '/var/log/app', '/var/log/journal'];
  own.write({
    place: {
      host: { address, user: 'muster', identity, knownHosts, unit: 'app.service', logs: [log], disks, logrotate: '/etc/logrotate.d/app' },
    },
    url,
    vantageUrls: [`${url}/health`, `${url}/health`],
    fullCapacity: 1,
    care: { mostMemory: '120MiB' },
  });
  const said = async (command: string) => (await host.run(command)).trim();
  const property = (name: string) => said(`systemctl show app -p ${name} --value`);
  const files = async () => {
    const [size, inode, database] = (await said(`stat -c '%s %i' ${log} && sha256sum <${wal}`)).split(/\s+/);
    return { size: Number(size), inode: inode!, database: database! };
  };
  let since = '';
  const shop: ShopOnHost = {
    ...{ host, property, files },
    asNew: async () => {
      await host.write('/etc/app.env', 'APP_SECRET=not-for-eyes\nAPP_MODE=calm\n', 0o600);
      await host.write(wal, 'what the database wrote\n');
      await said(
        `rm -rf /run/app-eats ${dropIn} /var/log/app/more; truncate -s 0 ${log}; chmod 644 ${log}; systemctl reset-failed app || true`,
      );
      await host.unit('app.service', unit);
      await said('systemctl restart app');
      await shop.serves();
      since = await said("date '+%Y-%m-%d %H:%M:%S.%6N'");
    },
    killedForMemory: async () => {
      await said('echo 60 >/run/app-eats');
      await eventually(
        'the kill',
        () => property('ActiveState'),
        (state) => state === 'failed',
        30_000,
        100,
      );
    },
    hang: () => host.run('systemctl kill -s STOP app').then(() => undefined),
    fillDisk: async () => {
      // A journal that is large: one archived file of it, many times, under names that it would have.
      await said(
        'cd /var/log/journal/$(cat /etc/machine-id) && journalctl --rotate && file=$(ls system@*.journal | tail -1) && ' +
          'for i in $(seq 60); do [ "$(du -sm . | cut -f1)" -gt 215 ] && break; to="system@$(printf %032x-%016x-%016x 7 $i $i).journal"; ' +
          'cp -a "$file" "$to" && head -c 6000000 /dev/zero >>"$to"; done',
      );
      await said(
        `head -c 3000000 /dev/urandom >>${wal}; yes 'a line of the log' | dd of=${log} oflag=append conv=notrunc 2>/dev/null || true`,
      );
      await eventually(
        'errors',
        () => fetch(`${url}/health`),
        ({ status }) => status === 500,
      );
    },
    serves: async () => {
      for (let good = 0; good < 5; good += 1)
        await eventually(
          'a good answer',
          () => fetch(`${url}/health`),
          ({ ok }) => ok,
          30_000,
          50,
        );
    },
    starts: async () =>
      (await said(`journalctl --quiet -u app -o cat --since '${since}'`)).split('\n').filter((line) => line === 'it serves').length,
    dropIn: () => host.run(`cat ${dropIn} 2>/dev/null || true`),
    journalBytes: async () => Number((await said('du -sb /var/log/journal')).split(/\s/)[0]),
    everything: async () =>
      [
        await said('systemctl show app -p InvocationID,ActiveState,NRestarts,MemoryMax,CPUQuotaPerSecUSec,DropInPaths'),
        await said(`ls -l /etc/systemd/system/app.service* /var/log/journal/*/system@* 2>/dev/null || true`),
        await shop.dropIn(),
        JSON.stringify(await files()),
      ].join('\n'),
    stop: () => host.stop(),
  };
  return shop;
}
