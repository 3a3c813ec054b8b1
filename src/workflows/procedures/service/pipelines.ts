import type { Batch, PipelineState } from '../../../activities/service/index.ts';
import { fact } from '../../facts/facts.ts';
import { data } from '../../tools.ts';
import type { Kit } from '../../kit/kit.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { see, type FirstLook } from '../care/first-look.ts';
import { approved } from '../care/offer.ts';

export type PipelineSeen = (PipelineState & { freshForMs: number }) | null;

/** Batches that are set aside or put through again in one run; more of them are no accident of single batches. */
const mostAtOnce = 20;

/** What came through last, what failed, and whether the sources are there. Source: iot-anomaly "6. Data Pipeline Failures". */
export async function examinePipeline(kit: Kit, plan: Scenario): Promise<PipelineSeen> {
  const where = whereOf(plan);
  kit.phase('Examine the pipeline');
  const [state, sources] = await kit.parallel(
    () => see(kit, 'Read what came through, and what failed', () => data.readPipeline(where), sayPipeline),
    () =>
      see(
        kit,
        'Ask the sources of the data',
        () => data.readSources(where),
        (all) => all.map(({ name, detail }) => `${name} ${detail}`).join(', ') || 'the environment names none',
      ),
  );
  kit.keep('pipeline', { ...state, batches: state?.batches.slice(0, mostAtOnce) ?? null, sources });
  return state;
}

/** Sets bad batches aside while nothing writes, and lets the writer go on with the others. */
export async function quarantine(kit: Kit, plan: Scenario, seen: FirstLook, found: PipelineSeen): Promise<boolean> {
  const bad = batchesIn(found, ['failed']);
  if (bad.length === 0) return false;
  const { service, region } = plan;
  const where = whereOf(plan);
  kit.phase('Set aside');
  const offered = {
    kind: 'isolate',
    question: `Set ${sayBatches(bad)} of ${service} in ${region} aside?`,
    because: bad[0]!.problem ?? 'it failed, and does not say why',
    facts: async () => bad.slice(0, 10).map(factOf),
  } as const;
  if (!(await approved(kit, plan, seen, offered))) return false;
  await kit.step('Stop the writer', () => data.stopWriter(where), { undo: () => data.startWriter(where) });
  for (const { id: batch } of bad)
    await kit.step(`Set ${batch} aside`, () => data.quarantineBatch({ ...where, batch }), {
      undo: () => data.releaseBatch({ ...where, batch }),
    });
  await kit.step('Let the writer go on', () => data.startWriter(where), { undo: () => data.stopWriter(where) });
  return isFresh(kit, plan);
}

/** A writer that somebody stopped, and nobody started again. */
export async function startWriter(kit: Kit, plan: Scenario, seen: FirstLook, found: PipelineSeen): Promise<boolean> {
  if (found?.writer !== 'stopped') return false;
  const { service, region } = plan;
  const where = whereOf(plan);
  kit.phase('Start');
  const offered = { kind: 'restart', question: `Start the writer of ${service} in ${region}?`, because: 'it is stopped' } as const;
  if (!(await approved(kit, plan, seen, offered))) return false;
  await kit.step('Start the writer', () => data.startWriter(where), { undo: () => data.stopWriter(where) });
  return isFresh(kit, plan);
}

/** What failed or was set aside is put through again, each batch once, when people have mended it. What they decline stays as it is, and is kept in the record. */
export async function replayAside(kit: Kit, plan: Scenario, seen: FirstLook): Promise<void> {
  const { service, region } = plan;
  const where = whereOf(plan);
  kit.phase('Replay');
  const aside = batchesIn(await see(kit, 'Read what did not come through', () => data.readPipeline(where), sayPipeline), [
    'quarantined',
    'failed',
  ]);
  if (aside.length === 0) return;
  kit.keep('aside', aside);
  const offered = {
    kind: 'replay',
    question: `Put ${sayBatches(aside)} of ${service} in ${region} through again?`,
    because: 'they did not come through; a batch that is not mended fails again',
    cannotBeUndone: 'records that came through stay',
    facts: async () => aside.slice(0, 10).map(factOf),
  } as const;
  if (!(await approved(kit, plan, seen, offered))) return;
  for (const { id: batch } of aside)
    // lint-allow undo-missing: records that came through are in use at once; the gate above says that they stay.
    await kit.step(`Put ${batch} through again`, () => data.replayBatch({ ...where, batch }));
}

/** Newest data and single records, for as long as the environment watches: a pipeline that "succeeds" with old data is stalled. */
export async function proveFresh({ watch }: Kit, plan: Scenario): Promise<void> {
  const { forMs } = plan.proof;
  await watch(`Watch that data is fresh for ${Math.round(forMs / 1_000)} s, and none came twice`, {
    read: () => data.holdFresh({ ...whereOf(plan), forMs, everyMs: Math.max(500, forMs / 60) }),
    holds: ({ bad }) => bad === 0,
  });
}

/** Whether the newest data is fresh, at a glance. */
export async function isFresh(kit: Kit, plan: Scenario): Promise<boolean> {
  const seen = await see(
    kit,
    'Look whether data is fresh now',
    () => data.holdFresh({ ...whereOf(plan), forMs: 3_000, everyMs: 500 }),
    ({ readings, bad }) => `${readings - bad} of ${readings} readings fresh`,
  );
  return seen?.missing === 0 && seen.bad === 0;
}

const batchesIn = (found: PipelineSeen, states: readonly Batch['state'][]): Batch[] =>
  (found?.batches ?? []).filter(({ state }) => states.includes(state)).slice(0, mostAtOnce);
const sayBatches = (batches: readonly Batch[]): string => (batches.length === 1 ? `batch ${batches[0]!.id}` : `${batches.length} batches`);
const factOf = ({ id, records, problem }: Batch) =>
  fact(`batch ${id}`, `${records} records${problem === null ? '' : `, ${problem}`}`, 'the pipeline', { informational: true });

function sayPipeline({ writer, newest, duplicates, batches }: PipelineState): string {
  const count = (state: Batch['state']) => batches.filter((batch) => batch.state === state).length;
  const twice = duplicates > 0 ? `, ${duplicates} records twice` : '';
  return `the writer is ${writer}, the newest data is of ${newest ?? 'never'}, ${count('failed')} failed, ${count('quarantined')} set aside${twice}`;
}
