/** The rig could be had on this machine, and did not work: a failure, never a reason to skip. */
export class RigBroken extends Error {}

/** What it makes; when the machine lacks something, the sentence says what, and the tests of this context are skipped. */
export async function orSkip<T>(context: Mocha.Context, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof RigBroken) throw error;
    console.log(`    skipped: ${(error as Error).message}`);
    return context.skip();
  }
}
