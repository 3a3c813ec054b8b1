import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { eventually } from '../../eventually.ts';

/** One request as the API server itself recorded it. */
export interface AuditEntry {
  at: string;
  user: string;
  /** E.g. `get`, `list`, `create`, `patch`, `update`, `delete`. */
  verb: string;
  /** E.g. `deployments`, `deployments/scale`, `pods/eviction`; empty for what is no resource, e.g. `/version`. */
  resource: string;
  namespace: string;
  name: string;
  /** Status of the answer. */
  code: number;
  /** Only asked what would happen, as `kubectl diff` does. */
  dryRun: boolean;
  /** What it was asked with: the object or the patch. */
  body: unknown;
}

const reads = ['get', 'list', 'watch'];

/** Whether a request that was granted changed something. */
export const isChange = ({ verb, dryRun, code, resource }: AuditEntry): boolean =>
  resource !== '' && !/(access|subject)reviews$/.test(resource) && !reads.includes(verb) && !dryRun && code < 400;

/** Only people's requests, with what they were asked with; the cluster's own parts are left out. */
export const auditPolicy = (parts: readonly string[]) => ({
  ...{ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived', 'ResponseStarted'] },
  rules: [{ level: 'None', users: parts }, { level: 'None', userGroups: ['system:nodes', 'system:serviceaccounts'] }, { level: 'Request' }],
});

interface RawEntry {
  requestReceivedTimestamp: string;
  requestURI: string;
  verb: string;
  user: { username: string };
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string };
  responseStatus?: { code?: number };
  requestObject?: unknown;
}

/** Everything until now, once the request that `mark` makes is in it too. */
export async function readAudit(file: string, mark: (path: string) => Promise<unknown>): Promise<AuditEntry[]> {
  const sign = `/version?mark=${randomUUID()}`;
  await mark(sign);
  const text = await eventually(
    'the audit log to be written',
    () => readFile(file, 'utf8'),
    (seen) => seen.includes(sign) && seen.endsWith('\n'),
  );
  const lines = text.split('\n').filter((line) => line !== '' && !line.includes('/version?mark='));
  return lines.map((line) => entryOf(JSON.parse(line) as RawEntry));
}

function entryOf({
  requestReceivedTimestamp,
  requestURI,
  verb,
  user,
  objectRef = {},
  responseStatus,
  requestObject,
}: RawEntry): AuditEntry {
  return {
    ...{ at: requestReceivedTimestamp, user: user.username, verb, code: responseStatus?.code ?? 0 },
    resource: [objectRef.resource, objectRef.subresource].filter(Boolean).join('/'),
    ...{ namespace: objectRef.namespace ?? '', name: objectRef.name ?? '' },
    ...{ dryRun: /[?&]dryRun=All/.test(requestURI), body: requestObject },
  };
}
