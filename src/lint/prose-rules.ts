import { beside, matching } from './prose-find.ts';
import { habitRules } from './prose-habits.ts';
import type { ProseRule } from './prose-rule.ts';

const records = /change-resource-record-sets/;
const promotion = /promote-read-replica(-db-cluster)?\b/;
const movesTraffic = /change-resource-record-sets|^(update|switch|change|point|move)\b.*\bDNS\b/i;
const promotes = /promote-read-replica(-db-cluster)?\b|^promote\b/i;
const restore = /restore-db-(instance|cluster)-(to-point-in-time|from-(db-)?snapshot)/;
const groups = /(?=.*--db-subnet-group-name)(?=.*--vpc-security-group-ids)(?=.*--db-(cluster-)?parameter-group-name)/;
const secret =
  /\b(PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)=(?!["']?[$<])\S|:\/\/[^\s:/@$]+:[^\s@/$]+@|--password[= ](?!["']?[$<])\S|\bpassword\s*=\s*['"][^'"$]|\bmysql\b.*\s-p(?!\s|$)\S|\b(redis-cli|mysqladmin|mongo\w*)\b.*\s(-a|-p) (?!["']?\$)\S/i;

/** Traps in commands, most of them from the runbooks that Muster was made from. */
export const proseRules: readonly ProseRule[] = [
  {
    ...{ id: 'dns-before-promotion', severity: 'error', reads: ['command', 'step'] },
    find: beside(movesTraffic, promotes, 'after', true),
    why: 'Customers are sent to a database that is still read-only.',
    instead: 'Fence, look at the lag, promote, prove a write, and only then move traffic.',
  },
  {
    ...{
      id: 'promotion-unchecked',
      severity: 'error',
      find: beside(promotion, /ReplicaLag|pg_last_(xact|wal)_replay|replication lag/i, 'before', false),
    },
    why: 'What the replica lacks is lost, and an old primary that still writes makes two of them.',
    instead: 'Stop the old writers and prove it, then look at the lag, and ask before it is accepted.',
  },
  {
    ...{ id: 'global-control-plane', severity: 'warning', find: matching(records) },
    why: "Records are changed through Route 53's control plane in us-east-1, which can be part of the outage.",
    instead: 'Flip health checks or routing controls that exist before the day; keep this as the fallback.',
  },
  {
    ...{ id: 'fixed-region', severity: 'warning', find: matching(/--region[= ]us-east-1\b/) },
    why: 'A region in the command works in one direction only, and us-east-1 carries the global control planes too.',
    instead: 'Make regions data: from and to are inputs that are checked.',
  },
  {
    ...{ id: 'restore-defaults', severity: 'error', find: matching(restore, groups) },
    why: 'It comes up in one zone with the default security, parameter and subnet groups, at an address that nobody uses.',
    instead: "Give the source's groups, Multi-AZ and deletion protection explicitly; compare both; cut over as a step of its own.",
  },
  {
    ...{ id: 'snapshot-by-guess', severity: 'error', find: matching(/snapshot-identifier\s+\S*latest/) },
    why: 'The snapshot may never have been copied to that region, and its key may not exist there.',
    instead: 'Look what is there, show its age as what would be lost, and check the key before the restore.',
  },
  {
    ...{ id: 'vacuum-on-corruption', severity: 'error' },
    find: (commands) =>
      commands.filter(({ text, scenario, heading }) => /^\s*VACUUM\b/i.test(text) && /corrupt|integrity/i.test(scenario + heading)),
    why: 'It writes to the damaged files and destroys the evidence.',
    instead: 'Take a snapshot first; then look with amcheck on a restored copy.',
  },
  {
    ...{ id: 'fence-by-configuration', severity: 'error' },
    find: matching(/kubectl\s+(patch|edit|apply|replace)\s+(configmap|cm)\b.*read.?only/i),
    why: 'A process does not read its environment again, and every other writer goes on.',
    instead: 'Fence at the database, and prove that nobody writes.',
  },
  {
    ...{
      id: 'failover-without-target',
      severity: 'error',
      find: matching(/failover-(db|global)-cluster/, /--target-db-(instance|cluster)-identifier/),
    },
    why: 'It works inside one cluster only and names no target: run twice it goes back.',
    instead: 'Name the target, and choose the call by engine and topology.',
  },
  {
    ...{ id: 'switch-that-nobody-reads', severity: 'error' },
    find: matching(/kubectl\s+(annotate|label)\b.*(circuit|health|maintenance|traffic|route)|CIRCUIT_BREAKER\w*["':,\s]+(name|value)?/i),
    why: 'Nothing reads the annotation or label; an environment variable restarts every pod in the middle of the incident.',
    instead: 'Use a switch whose effect can be read back, and read it back.',
  },
  {
    ...{ id: 'drain-by-force', severity: 'error', reads: ['command', 'step'] },
    find: matching(/kubectl\s+drain\b.*--(force|disable-eviction|delete-emptydir-data)|^drain\b.*\bforce/i),
    why: 'It deletes pods that nothing brings back.',
    instead: 'Drain without force; respect disruption budgets; ask at a gate.',
  },
  {
    ...{ id: 'service-cut-off', severity: 'error', find: matching(/kubectl\s+patch\s+(service|svc)\b.*selector/) },
    why: 'Every client is cut off, and nothing notes where the service pointed before.',
    instead: 'Keep what stood there, and make the way back a step of its own.',
  },
  {
    ...{ id: 'rollback-without-revision', severity: 'error', find: matching(/rollout\s+undo\b/, /--to-revision/) },
    why: 'Run twice it brings the bad version back, and so does GitOps within minutes.',
    instead: 'Suspend the sync, name the revision and the digest, and watch the error rate after it.',
  },
  {
    ...{
      id: 'rollback-by-checkout',
      severity: 'error',
      find: matching(/^git\s+(checkout|reset)\s+\S*(commit|good|HEAD[~^]|[0-9a-f]{7,})/),
    },
    why: 'It builds something that never ran before, from whatever the registry holds today.',
    instead: 'Roll back to an image digest that ran.',
  },
  {
    ...{ id: 'evidence-deleted', severity: 'error' },
    find: matching(/docker\s+(system|volume|image|container)\s+prune|find\s+\S*log\S*.*-delete|\brm\s+-\w*[rf]\w*\b|journalctl\s+--vacuum/),
    why: 'The evidence of the incident goes with it, and a deleted file that is open frees nothing.',
    instead: 'Keep a copy, truncate or rotate, and grow the volume first.',
  },
  {
    ...{ id: 'status-class-as-text', severity: 'error', find: matching(/grep\s+.*["'][1-5]xx["']/) },
    why: 'It counts a text that is never written, so it always says that all is well.',
    instead: 'Ask the metrics for the share of failed requests over a while.',
  },
  {
    ...{ id: 'one-look-is-no-proof', severity: 'error' },
    find: (commands) =>
      commands.filter(({ text, block }, index) => {
        const next = commands[index + 1];
        return /^sleep\s+\d/.test(text) && next?.block === block && /^(curl|wget|kubectl\s+get)\b/.test(next.text);
      }),
    why: 'One lucky answer after a guess of a time proves nothing.',
    instead: 'Watch the share of failed requests over a bake time; a missing reading is not a good one.',
  },
  {
    ...{ id: 'secret-in-command', severity: 'error', reads: ['command', 'step'], find: matching(secret) },
    why: 'It stays in shell histories, process lists and logs.',
    instead: 'Give a reference (a file, a variable, a vault) that is read where it is used.',
  },
  ...habitRules,
];
