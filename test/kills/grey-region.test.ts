import { greyWays } from '../../src/range/contract.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { waysOut } from '../recovery/leave-grey.ts';

/** Nobody is killed here: the region is, in part. */
describe('a grey region', function () {
  this.timeout(600_000);
  const ways = waysOut(practiceEstate());

  for (const how of greyWays) {
    it(`is left by each plan to its end when it ails by "${how}", and what is said is true`, async () => {
      await ways.failOver(how);
      await ways.promote(how);
      await ways.restore(how);
      await ways.moveWriter(how);
    });
  }
});
