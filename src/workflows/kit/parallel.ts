import { CancellationScope, isCancellation } from '@temporalio/workflow';

type Branch<T> = () => Promise<T>;

/** Runs sentences side by side. When one ends the run, the others are cancelled and waited for, so that nothing goes on behind an undo. */
export async function sideBySide<T extends unknown[]>(branches: { [K in keyof T]: Branch<T[K]> }): Promise<T> {
  const scope = new CancellationScope();
  return scope.run(async () => {
    const running = (branches as Branch<unknown>[]).map((branch) => branch());
    for (const branch of running) branch.catch(() => scope.cancel());
    const settled = await Promise.allSettled(running);
    const failures = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (failures.length > 0) throw failures.find((failure) => !isCancellation(failure)) ?? failures[0];
    return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as T;
  });
}
