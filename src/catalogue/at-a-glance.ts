import type { RunbookName } from '../workflows/runbook-names.ts';

/** What whoever starts a runbook wants to know before: what it asks people, and what it can take back. */
export interface Glance {
  /** Questions in the order in which they can come; a scenario asks only those that fit what it sees. */
  asks: readonly string[];
  undoes: string;
}

const handOver = 'hand over to a failover?';
const back = 'roll the release back?';
const restart = 'restart it once?';

/** Every runbook at a glance. */
export const glances: Readonly<Record<RunbookName, Glance>> = {
  'fail-over-region': {
    asks: ['fail over?', 'promote although the old primary is not fenced?', 'lose so many orders?'],
    undoes: 'everything before the promotion',
  },
  'fail-back-region': { asks: ['set the old database aside and rebuild it?', 'fail back?'], undoes: 'everything before the promotion' },
  'fence-on-return': { asks: [], undoes: 'nothing: it only fences' },
  'recover-everything': { asks: ['what each of its parts asks'], undoes: 'what each of its parts can' },
  'promote-read-replica': {
    asks: ['make the replica the primary?', 'promote although the old primary is not fenced?', 'lose so many orders?'],
    undoes: 'the fence, before the promotion',
  },
  'fail-over-database-cluster': { asks: ['move the writer?'], undoes: 'nothing: the way back is another move' },
  'recover-corrupted-database': {
    asks: ['restore, promote or make the indexes anew?', 'let writers in again?'],
    undoes: 'the fence and its own copies',
  },
  'restore-database-to-point-in-time': {
    asks: ['let the restored database take over?', 'lose more writes than were approved?'],
    undoes: 'everything until writers come in; afterwards undo-database-restore',
  },
  'undo-database-restore': { asks: ['let the old database take over again?'], undoes: 'everything until writers come in' },
  'restore-from-snapshot': {
    asks: ['go on with the snapshot of that age?', 'lose more orders than were approved?'],
    undoes: 'everything until the service is pointed at it',
  },
  'restore-from-backup': {
    asks: ['restore the backup beside the database, and go on with it?'],
    undoes: 'everything until customers write again',
  },
  'roll-back-deployment': { asks: [back, 'let deliveries go on?'], undoes: 'the release and the hold of deliveries' },
  mitigate: { asks: ['still needed?'], undoes: 'the measure, by itself when its time is over' },
  'service-down': {
    asks: [restart, 'give it more memory?', back, 'run more copies?', handOver],
    undoes: 'memory limits and the number of copies',
  },
  'pods-crash-looping': { asks: ['give it more memory?', 'replace the pod?', back, handOver], undoes: 'memory limits' },
  'database-unreachable': {
    asks: [
      'end idle sessions?',
      'end blockers?',
      'restart the database once?',
      restart,
      'take the database away from everybody?',
      handOver,
    ],
    undoes: 'where the Service of the database points; what a session had not committed is gone',
  },
  'connection-pool-exhausted': {
    asks: ['end idle sessions?', 'end blockers?', restart, handOver],
    undoes: 'nothing: what a session had not committed is gone',
  },
  'memory-exhausted': { asks: ['give it more memory?', back, restart, 'run more copies?', handOver], undoes: 'memory limits and copies' },
  'disk-full': { asks: ['keep a copy of a log and empty it?', 'shrink the journal?', handOver], undoes: 'nothing: a copy of all is kept' },
  'network-unreachable': { asks: [restart, handOver], undoes: 'nothing: it reads' },
  'application-crashed': { asks: ['give it more memory?', restart, back, handOver], undoes: 'memory limits' },
  'application-wont-start': { asks: [restart, back, handOver], undoes: 'nothing' },
  'api-error-rate-high': {
    asks: [back, 'put a rate limit in force?', restart, 'run more copies?', handOver],
    undoes: 'the number of copies; the rate limit ends by itself',
  },
  'performance-degraded': {
    asks: ['give it more memory?', 'run more copies?', back, 'put a rate limit in force?', handOver],
    undoes: 'memory limits and copies; the rate limit ends by itself',
  },
  'load-balancer-unhealthy': {
    asks: ['bring lost instances back onto its list?', back, 'run more copies?', handOver],
    undoes: 'registrations and the number of copies',
  },
  'node-unhealthy': { asks: ['cordon the node?', 'drain it?', handOver], undoes: 'the cordon' },
  'model-inference-failing': {
    asks: ['give it more memory?', restart, 'predict with the last good model?', handOver],
    undoes: 'memory limits and the model',
  },
  'data-pipeline-stalled': {
    asks: ['set bad batches aside?', 'start the writer?', restart, handOver, 'put the batches through again?'],
    undoes: 'the writer, and what was set aside',
  },
  'traffic-overload': {
    asks: ['put a rate limit or the maintenance page in force?', 'run more copies?', handOver],
    undoes: 'the number of copies; the measures end by themselves',
  },
  drill: {
    asks: ['begin the exercise?', 'what the runbook asks that is practised', 'delete what it made and set aside?', 'was it a success?'],
    undoes: 'what it broke; what the runbook can take back that is practised',
  },
};
