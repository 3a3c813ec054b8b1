import { rangeControl, type RangeControl } from '../../src/cli/range-control.ts';
import type { RangeStatus } from '../../src/range/contract.ts';
import { eventually } from '../eventually.ts';
import { serviceEstate, type ServiceEstate } from './service-estate.ts';

export type { Answer } from './service-estate.ts';

/** The whole product on the practice range. */
export interface PracticeEstate extends ServiceEstate {
  range: RangeControl;
  /** Starts a failover from east to west and answers its run's id; fails when it is refused. */
  failOver(input?: object, more?: { as?: string; mode?: string }): Promise<string>;
  healthy(): Promise<RangeStatus>;
  changes(action?: string): Promise<number>;
}

/** Brings the estate up for one test file and ends it afterwards. `rangeEnvironment` is a file in place of the range's own environment. */
export function practiceEstate({ rangeEnvironment }: { rangeEnvironment?: string } = {}): PracticeEstate {
  const estate = serviceEstate({
    range: true,
    ...(rangeEnvironment === undefined ? {} : { environment: rangeEnvironment }),
  }) as PracticeEstate;

  before(async function () {
    this.timeout(120_000);
    estate.range = rangeControl(estate.stack.addresses.control!);
    await estate.healthy();
  });

  estate.failOver = async (input = {}, { as = 'sam', mode = 'live' } = {}) => {
    const asked = { runbook: 'fail-over-region', mode, reason: 'a test', input: { service: 'shop', from: 'east', to: 'west', ...input } };
    const { status, body } = await estate.start(as, asked);
    if (status !== 201) throw new Error(`the start was refused: ${status} ${JSON.stringify(body)}`);
    return body.runId!;
  };
  estate.healthy = () =>
    eventually(
      'customers whose orders are acknowledged in a healthy estate',
      () => estate.range.status(),
      ({ customers, regions }) => customers.acknowledged > 20 && regions.east.shop.healthy >= 1 && regions.west.database === 'replica',
      60_000,
    );
  estate.changes = async (action) =>
    (await estate.range.calls()).filter((made) => made.stateChanging && (!action || made.action === action)).length;
  return estate;
}
