import { z } from 'zod';
import { runbookNames } from '../../workflows/runbook-names.ts';
import { duration } from './basics.ts';

const minute = 60_000;
const hour = 60 * minute;

const plan = z.strictObject({
  runbook: z.enum(runbookNames).describe('The runbook.'),
  input: z.record(z.string(), z.unknown()).describe('What it is asked for, as `./muster runbooks NAME` says.'),
});

/** How recovery plans are looked at while nothing is wrong. */
export const readiness = z
  .strictObject({
    every: duration.default(30 * minute).describe('Between two looks when nothing changes.'),
    confirmAfter: duration
      .default(minute)
      .describe('A plan must be seen changed for so long before anybody is told, so that one passing fault wakes nobody.'),
    drillAge: duration
      .default(35 * 24 * hour)
      .describe('A plan that was done so long ago counts as practised in full; then its score sinks.'),
    backupAge: duration.default(26 * hour).describe('The newest backup or snapshot may be so old.'),
    restorable: duration.default(15 * minute).describe('The newest time that a database can be restored to may lie so far behind.'),
    plans: z
      .array(plan)
      .exactOptional()
      .describe("What shall be possible at any time; without it what the file's services, databases and clusters allow."),
  })
  .prefault({})
  .describe('Whether its recovery plans would work, looked at before they are needed.')
  .meta({
    examples: [
      {
        ...{ every: '30m', confirmAfter: '1m', drillAge: '35d', backupAge: '26h', restorable: '15m' },
        plans: [{ runbook: 'fail-over-region', input: { service: 'shop', from: 'east', to: 'west' } }],
      },
    ],
  });
