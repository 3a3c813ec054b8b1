import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import { cloudwatch, rds, validation } from '../../tools.ts';
import type { Validation } from '../../plans/validation.ts';
import { workloadOf } from '../../ports/workload.ts';
import { proveService } from '../service/prove.ts';
import { duration } from '../../../words/durations.ts';

/** Backups whose newest restorable moment is older than this, in ms, do not run. */
const oldest = 15 * 60_000;

/** The validation checklist of ml-platform, "Testing and Validation": each line is looked up, and one that does not hold waits for a person. */
export async function validate(kit: Kit, where: Validation): Promise<void> {
  const { check, parallel, keep } = kit;
  const { service, database, region, platform, capacity } = where;
  const passed: string[] = [];
  const line = (sentence: string, look: () => Promise<string | undefined>) => () =>
    check(sentence, async () => {
      const seen = await proving(look);
      if (seen !== undefined) passed.push(sentence);
      return seen;
    });
  await parallel(
    line('All critical services respond', async () => {
      const seen = await workloadOf(platform).awaitHealthy({ service, region, count: capacity });
      return seen && `${seen.healthy} of ${seen.total} targets healthy`;
    }),
    line('Database connections are healthy', async () => (await validation.databaseConnections({ database, region }))?.detail),
    line('Authentication works', async () => (await validation.signInWorks({ service, region }))?.detail),
    line('Monitoring works', async () => (await validation.metricsFlow({ service, region }))?.detail),
    line('Alerting works', async () => alerting(await cloudwatch.readAlarms({ database, region }))),
    line('Logs are collected', async () => (await validation.logsFlow({ service, region }))?.detail),
    line('Backups run', async () => backups(await rds.restoreWindow({ database, region }))),
  );
  const journey = 'What proves the service holds';
  if (await proveService(kit, where, { sentence: journey })) passed.push(journey);
  keep('validation', { passed });
}

function alerting(alarms: { name: string; asWanted: boolean }[]): string {
  const lacking = alarms.filter(({ asWanted }) => !asWanted).map(({ name }) => name);
  if (alarms.length === 0) throw cannotTell('the environment names no alarms');
  if (lacking.length > 0) throw doesNotHold(`alarms that are missing or watch something else: ${lacking.join(', ')}`);
  return `${alarms.length} of ${alarms.length} alarms watch what they should`;
}

function backups({ instance, latest }: { instance: string; latest: string | null }): string {
  if (latest === null) throw doesNotHold(`${instance} keeps no backups`);
  const age = Date.now() - Date.parse(latest);
  if (age > oldest) throw doesNotHold(`${instance} can be restored only up to ${latest}, ${duration(age)} ago`);
  return `${instance} can be restored up to ${latest}`;
}

const doesNotHold = (sentence: string) => ApplicationFailure.nonRetryable(sentence, Failure.DoesNotHold);
const cannotTell = (sentence: string) => ApplicationFailure.nonRetryable(`cannot tell: ${sentence}`, Failure.Inconclusive);
