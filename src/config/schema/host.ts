import { z } from 'zod';
import { name, reference } from './basics.ts';

const path = z.string().regex(/^\/(?!.*(\/|^)\.\.(\/|$))[^\p{Cc}]*$/u, 'use a whole path, without ".."');

/** A playbook that may be run as it is here and now; one whose text has changed is refused. */
const playbook = z.strictObject({
  file: path.describe("Whole path of the playbook on the worker's machine.").meta({ examples: ['/srv/playbooks/clean-up.yml'] }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'use the 64 hex digits that sha256sum tells')
    .describe("Of the file's content, as `sha256sum` tells it.")
    .meta({ examples: ['0'.repeat(64)] }),
});

/** A machine on which a service runs as a unit of systemd; Muster comes by ssh. */
export const hostPlace = z
  .strictObject({
    address: reference.describe('Name or address of the machine.'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .default(22)
      .describe('Port of ssh.')
      .meta({ examples: [2222] }),
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'use a name of a user')
      .describe('Who Muster is there; anybody but root changes things by `sudo -n`, see deploy/systemd/sudoers.'),
    identity: reference.describe('Path of the private key, or a reference to it.'),
    knownHosts: reference.describe("Path of a known_hosts file that holds the host's key, or a reference to it; no other is believed."),
    unit: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,240}\.service$/, 'use the name of a service unit, e.g. app.service')
      .describe('Unit of systemd that runs the service.'),
    logs: z.array(path).default([]).describe('Log files of it, which may be emptied after a copy is kept.'),
    disks: z.array(path).min(1).default(['/']).describe('Where its file systems are looked at.'),
    logrotate: path
      .optional()
      .describe('Configuration of logrotate for its logs.')
      .meta({ examples: ['/etc/logrotate.d/shop'] }),
    playbooks: z
      .record(name, playbook)
      .default({})
      .describe('Playbooks of Ansible that may be run as they are here and now; one whose text has changed is refused.')
      .meta({ examples: [{ 'clean-up': { file: '/srv/playbooks/clean-up.yml', sha256: '0'.repeat(64) } }] }),
  })
  .describe('The machine that Muster may reach by ssh, beside what else is said of the region.');
