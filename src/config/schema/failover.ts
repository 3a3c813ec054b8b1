import { z } from 'zod';
import { duration, name } from './basics.ts';

/** How this system's recoveries are decided, done and judged. */
export const failover = z
  .strictObject({
    targets: z
      .strictObject({
        rto: duration.describe('Recovery time objective: so long customers may be without the service.'),
        rpo: duration.describe('Recovery point objective: so many of the newest writes, as time, may be lost.'),
      })
      .describe('What a recovery is held against in its report.'),
    approval: z
      .strictObject({
        duty: name.describe('The duty that entitles to decide; people get it in `people[].duties`.'),
        quorum: z.int().min(1).describe('So many different people must approve; whoever asked for the run is not among them.'),
        within: duration.describe('After so much silence the next of `escalateTo` is asked as well. Silence never approves.'),
        expiresAfter: duration.describe('After so much silence the run ends, and what it prepared is undone.'),
        stronger: z
          .strictObject({
            duty: name.describe('The duty that entitles to decide then.'),
            quorum: z.int().min(1).describe('So many different people must approve then.'),
          })
          .describe('Asked for when the old primary could not be fenced, or the lag is over the budget.'),
        escalateTo: z.array(name).default([]).describe('Duties that are asked one after the other while nobody decides.'),
      })
      .describe('Who decides about a recovery.'),
    coolDown: duration.default(1_800_000).describe('A failover in the opposite direction is refused for so long.'),
    stages: z
      .array(z.int().min(1).max(100))
      .min(1)
      .default([20, 60, 100])
      .describe('Shares of the traffic in percent with which a planned move goes over; they rise and end with 100.'),
    stageFor: duration.default(300_000).describe('So long each stage is watched before the next.'),
    watchFor: duration.default(1_800_000).describe('So long customers are watched after a recovery before it is over.'),
    abortAbove: z
      .strictObject({ errorRate: z.number().min(0).max(1).describe('Share of requests that fail, from 0 to 1.') })
      .default({ errorRate: 0.05 })
      .describe('When more than this fails, a move is stopped.'),
  })
  .describe('How recoveries are decided, done and judged.');
