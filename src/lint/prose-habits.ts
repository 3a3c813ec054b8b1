import { beside, matching } from './prose-find.ts';
import type { ProseRule } from './prose-rule.ts';

const promotes =
  /promote-read-replica(-db-cluster)?\b|\bpg_promote\b|\bpg_ctl\b.*\bpromote\b|^promote\b.*\b(replica|standby|secondary|database)/i;
const fences = /fence|read.?only|revoke|stop-db|--replicas[= ]0\b|\bpg_ctl\b.*\bstop\b|stop (all |the )?(old )?(writers|primary)/i;
const inWords = { reads: ['command', 'step'] } as const;

/** Traps that are habits: done under pressure, because they have helped before. */
export const habitRules: readonly ProseRule[] = [
  {
    ...{ id: 'promotion-before-fence', severity: 'error', ...inWords, find: beside(promotes, fences, 'before', false) },
    why: 'An old primary that still writes, or comes back, makes two of them, and nobody can merge what they took.',
    instead: 'Fence the old primary at the database, prove that nobody writes there, and only then promote.',
  },
  {
    ...{ id: 'all-pods-at-once', severity: 'error', ...inWords },
    find: matching(/kubectl\s+delete\s+(pods?|po)\b.*\s(--all|-A|-l|--selector)\b|\b(delete|kill)\s+all\s+(of\s+)?(the\s+)?pods\b/i),
    why: 'Nothing serves until the first one is ready again, and what the old ones knew of the trouble is gone.',
    instead: 'Keep their logs, then restart one after the other (`kubectl rollout restart`), and stop when the first one is no better.',
  },
  {
    ...{ id: 'killed-outright', severity: 'error', ...inWords },
    find: matching(
      /\bkill\s+(-9|-KILL|-SIGKILL|-s\s*(9|KILL|SIGKILL))\b|\b(pkill|killall)\b.*\s-(9|KILL)\b|kubectl\s+delete\b.*(--grace-period[= ]0|--force)\b/,
    ),
    why: 'It writes nothing out and tells nobody: half-done work stays, and no dump or log says why it hung.',
    instead: 'Keep a dump and the logs, ask it to stop and wait for its grace period; kill only what did not, by its exact process.',
  },
  {
    ...{ id: 'wait-by-feeling', severity: 'warning', reads: ['command', 'step', 'comment'] },
    find: matching(
      /\bwait\s+(and\s+(see|monitor|watch)|a\s+(bit|while|moment|few)|some\s+(time|minutes|seconds)|for\s+(a|some)\s+(bit|while|time|moment))\b/i,
    ),
    why: 'Everybody waits differently long, and nobody knows what to look for.',
    instead: 'Name the condition that ends the wait, how often it is read, and what to do when it does not come in time.',
  },
  {
    ...{ id: 'toggle', severity: 'error', ...inWords, find: matching(/(^|[\s/_."'=-])toggle($|[\s/_."'?=-])/i) },
    why: 'What it does depends on what was before: run twice, or by two people, it goes back.',
    instead: 'Say the state that is wanted (on, off), and read it back.',
  },
];
