import { z } from 'zod';
import { name, reference } from './basics.ts';

const path = z.string().regex(/^\/(?!.*(\/|^)\.\.(\/|$))[^\p{Cc}]*$/u, 'use a whole path, without ".."');

/** A playbook that may be run as it is here and now; one whose text has changed is refused. */
const playbook = z.strictObject({
  file: path,
  /** Of the file's content, as `sha256sum` tells it. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'use the 64 hex digits that sha256sum tells'),
});

/** A machine on which a service runs as a unit of systemd; Muster comes by ssh. */
export const hostPlace = z.strictObject({
  /** Name or address. */
  address: reference,
  port: z.int().min(1).max(65_535).default(22),
  /** Who Muster is there; anybody but root changes things by `sudo -n`, see deploy/systemd/sudoers. */
  user: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'use a name of a user'),
  /** Path of the private key, or a reference to it. */
  identity: reference,
  /** Path of a known_hosts file that holds the host's key, or a reference to it; no other is believed. */
  knownHosts: reference,
  unit: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,240}\.service$/, 'use the name of a service unit, e.g. app.service'),
  /** Log files of it, which may be emptied after a copy is kept. */
  logs: z.array(path).default([]),
  /** Where its file systems are looked at. */
  disks: z.array(path).min(1).default(['/']),
  /** Configuration of logrotate for its logs. */
  logrotate: path.optional(),
  playbooks: z.record(name, playbook).default({}),
});
