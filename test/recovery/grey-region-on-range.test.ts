import { practiceEstate } from './estate.ts';
import { waysOut } from './leave-grey.ts';

/** The longer list of ways is in test/kills/grey-region.test.ts. */
describe('a region that answers most calls with 503', function () {
  this.timeout(180_000);
  const { failOver } = waysOut(practiceEstate());

  it('is left and gone home to, and its primary is fenced by the answers in between', () => failOver('errors'));
});
