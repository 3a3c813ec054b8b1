import { z } from 'zod';
import { runbookNames } from '../../workflows/runbook-names.ts';
import { duration } from './basics.ts';

const minute = 60_000;
const hour = 60 * minute;

/** How recovery plans are looked at while nothing is wrong. */
export const readiness = z
  .strictObject({
    /** Between two looks when nothing changes. */
    every: duration.default(30 * minute),
    /** A plan must be seen changed for so long before anybody is told, so that one passing fault wakes nobody. */
    confirmAfter: duration.default(minute),
    /** A plan that was done so long ago counts as practised in full; then its score sinks. */
    drillAge: duration.default(35 * 24 * hour),
    /** The newest backup or snapshot may be so old. */
    backupAge: duration.default(26 * hour),
    /** The newest time that a database can be restored to may lie so far behind. */
    restorable: duration.default(15 * minute),
    /** What shall be possible at any time; without it what the file's services, databases and clusters allow. */
    plans: z.array(z.strictObject({ runbook: z.enum(runbookNames), input: z.record(z.string(), z.unknown()) })).exactOptional(),
  })
  .prefault({});
