import { GetHealthCheckStatusCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { Failure } from '../../workflows/failures.ts';
import type { Aws } from '../aws/index.ts';
import { failure, finding, sentenceOf } from '../kit/index.ts';

/**
 * Route 53 gives no answer whose own health check fails, and then answers with records of the weight 0: traffic that is moved there does not come.
 * Throws RefusedBySafetyRule when most of its checkers see a target fail; a check that cannot be read is told, and refuses nothing.
 */
export async function refuseFailingTargets(aws: Aws, targets: readonly ResourceRecordSet[]): Promise<void> {
  for (const { HealthCheckId, SetIdentifier } of targets) {
    if (!HealthCheckId) continue;
    const seen = await lookAt(aws, HealthCheckId).catch((error: unknown) => {
      finding(`health check of ${SetIdentifier}`, `it cannot be read: ${sentenceOf(error)}`);
      return undefined;
    });
    if (seen === undefined || seen.all === 0 || seen.failing * 2 <= seen.all) continue;
    throw failure(
      Failure.RefusedBySafetyRule,
      `${seen.failing} of ${seen.all} checkers of Route 53 see ${SetIdentifier} fail (health check ${HealthCheckId}): it would answer with the other records`,
    );
  }
}

async function lookAt(aws: Aws, id: string): Promise<{ all: number; failing: number }> {
  const { HealthCheckObservations = [] } = await aws
    .client('route53', 'global')
    .send(new GetHealthCheckStatusCommand({ HealthCheckId: id }));
  const said = HealthCheckObservations.flatMap(({ StatusReport }) => StatusReport?.Status ?? []);
  return { all: said.length, failing: said.filter((status) => !status.startsWith('Success')).length };
}
