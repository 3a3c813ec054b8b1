/** What a status of RDS means: it answers its clients, it passes by itself, or only a person ends it. A word that nobody knows is `unknown`. */
export type Standing = 'serving' | 'passing' | 'hopeless' | 'unknown';

/** Amazon RDS, "Viewing DB instance status". While these last the instance takes sessions and writes. */
const serving = new Set([
  ...['available', 'backing-up', 'configuring-enhanced-monitoring', 'configuring-iam-database-auth', 'configuring-log-exports'],
  ...['storage-optimization', 'storage-config-upgrade', 'storage-initialization'],
]);
const passing = new Set([
  ...['creating', 'modifying', 'rebooting', 'renaming', 'resetting-master-credentials', 'starting', 'stopping', 'maintenance', 'upgrading'],
  ...['converting-to-vpc', 'moving-to-vpc', 'delete-precheck', 'deleting', 'promoting'],
]);
const hopeless = new Set([
  ...['failed', 'restore-error', 'stopped', 'storage-full', 'insufficient-capacity', 'inaccessible-encryption-credentials'],
  ...['inaccessible-encryption-credentials-recoverable'],
]);

/** How an instance stands, by RDS's word for it. */
export function standingOf(status: string): Standing {
  if (serving.has(status)) return 'serving';
  if (passing.has(status)) return 'passing';
  return hopeless.has(status) || status.startsWith('incompatible-') ? 'hopeless' : 'unknown';
}
