import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import { targetOf, type RestoreToTime } from '../../plans/restore-plan.ts';
import { postgres, rds } from '../../tools.ts';
import { probeTimes } from './probe-times.ts';

interface Window {
  earliest: string | null;
  latest: string | null;
}

/**
 * Finds the time to restore to: the one that was asked for, or the last one that is known to be good, moved towards the damage by probe restores.
 * Checks, before anything is changed, that RDS can restore to it.
 */
export async function chooseTime(kit: Kit, plan: RestoreToTime): Promise<string> {
  const { database, region, at, lastGood, badSince, probes } = plan;
  await kit.check('Check that the database is there and the new name is free', () => canBegin(plan));
  const window = await kit.measure('Read which times can be restored', () => rds.restoreWindow({ database, region }), sayWindow);
  const good = at ?? lastGood ?? (await lastGoodOf(kit, plan));
  await kit.check(`Check that ${region} can be restored to ${good}`, () => mustBeWithin(good, window));
  const known = at === undefined ? good : lastGood;
  const bad = Math.min(...[badSince, window.latest].flatMap((time) => (time ? [Date.parse(time)] : [])));
  const low = Math.max(Date.parse(known ?? good), Date.parse(window.earliest ?? good));
  const found =
    probes === 0
      ? { at: good, tried: [] }
      : await probeTimes(kit, plan, {
          good: low,
          known: known !== undefined,
          bad,
          earliest: window.earliest,
          ...(at ? { first: at } : {}),
        });
  kit.keep('restoreTo', { ...found, window, lastGood: known ?? null, badSince: badSince ?? null });
  return found.at;
}

async function lastGoodOf({ measure }: Kit, { database, region }: RestoreToTime): Promise<string> {
  return measure(
    'Ask the database when its last check passed',
    async () => {
      const { at } = await postgres.lastGoodMarker({ database, region });
      if (at === null) throw permanent(`needed a time to restore to: have no at, no lastGood and no last-good marker of ${database}`);
      return at;
    },
    (at) => at,
  );
}

/** Fails with all that is wrong, each with needed and have. */
async function canBegin(plan: RestoreToTime): Promise<string> {
  const { database, region } = plan;
  const target = targetOf(plan);
  const [source, taken] = await Promise.all([
    rds.describeDatabase({ database, region }),
    rds.describeInstance({ region, instance: target }),
  ]);
  const usable = source.role === 'primary' && source.status === 'available';
  const wrong = [
    ...(usable
      ? []
      : [`${source.instance} in ${region}: needed an available primary, have ${[source.role, source.status].join(' ').trim()}`]),
    ...(taken.role === 'absent' ? [] : [`${target} in ${region}: needed a free name, have a ${taken.role} that is ${taken.status}`]),
  ];
  if (wrong.length > 0) throw permanent(wrong.join('; '));
  return `${source.instance} is there, ${target} is free`;
}

async function mustBeWithin(at: string, { earliest, latest }: Window): Promise<string> {
  if (earliest === null || latest === null) throw permanent(`needed automated backups to restore from, have none`);
  const within = Date.parse(at) >= Date.parse(earliest) && Date.parse(at) <= Date.parse(latest);
  if (!within) throw permanent(`needed a time from ${earliest} to ${latest}, have ${at}`);
  return `${at} is within the window`;
}

const sayWindow = ({ earliest, latest }: Window): string => (earliest && latest ? `from ${earliest} to ${latest}` : 'none');

const permanent = (message: string): Error => ApplicationFailure.nonRetryable(message, Failure.Permanent);
