import type { WriteOutage } from '../../../activities/rds/index.ts';
import type { Kit } from '../../kit/kit.ts';
import type { ClusterPlan } from '../../plans/cluster-plan.ts';
import { clusters } from '../../tools.ts';
import type { ClusterCall } from './pick-cluster-call.ts';
import { duration } from '../../../words/durations.ts';

type Move = Exclude<ClusterCall, { call: 'refused' | 'none' }>;

/** How long writes are tried while the writer moves. */
const watchWritesMs = 5 * 60_000;

/** Makes the one call, with its target, while a writer of ours measures how long nobody can write. */
export async function moveWriter({ step, measure, learn, keep, parallel }: Kit, { cluster }: ClusterPlan, move: Move): Promise<void> {
  const regions = [...new Set([move.from.region, move.writer.region])];
  const target = { cluster, ...move.writer };
  const tryOne = () => clusters.tryClusterWrite({ cluster, regions });
  const before = await measure('Try a write before anything moves', tryOne, (tried) => (tried?.at ? 'it went through' : 'nobody takes it'));
  const since = before ?? { at: null };
  await parallel(
    async () => {
      const asked = { cluster, from: move.from.region, to: move.writer.region };
      const back = { cluster, from: asked.to, to: asked.from };
      if (move.call === 'FailoverDBCluster') {
        const { from } = move;
        await step(`Fail ${cluster} over to ${target.instance}`, () => clusters.failOverCluster(target), {
          undo: () => clusters.failOverCluster({ cluster, ...from }),
        });
      } else if (move.call === 'SwitchoverGlobalCluster') {
        await step(`Switch the writer of ${cluster} over to ${asked.to}`, () => clusters.switchOverGlobal(asked), {
          undo: () => clusters.switchOverGlobal(back),
        });
      } else {
        await step(`Fail ${cluster} over to ${asked.to} and accept the loss`, () => clusters.failOverGlobal(asked), {
          pointOfNoReturn: true,
        });
      }
    },
    async () => {
      const watch = () => clusters.measureWriteOutage({ cluster, regions, target, since, withinMs: watchWritesMs });
      const seen = await learn('Measure how long nobody can write', watch, sayOutage);
      if (seen) keep('writeOutage', seen);
    },
  );
}

function sayOutage(outage: WriteOutage | undefined): string {
  if (!outage) return 'nothing moves';
  const { totalMs, over, before } = outage;
  return `${duration(totalMs)}${before ? ', and before that since an unknown time' : ''}${over ? '' : ', and still not over'}`;
}

/** Proves with a write that the writer is where it must be, and looks what the old one has become. */
export async function proveMove(
  { step, learn, keep }: Kit,
  { cluster }: ClusterPlan,
  chosen: Move | (ClusterCall & { call: 'none' }),
): Promise<void> {
  const { writer } = chosen;
  await step(`Prove that the endpoint in ${writer.region} takes a write on ${writer.instance}`, async () => {
    const proven = await clusters.proveClusterWriter({ cluster, ...writer });
    return proven && `${proven.writer} took a write`;
  });
  if (chosen.call === 'none') return;
  const { region, instance } = chosen.from;
  const look = () => clusters.proveFormerWriter({ cluster, region, instance });
  const former = await learn(`Look what became of the old writer in ${region}`, look, (seen) => seen?.found ?? 'nothing moved');
  if (former) keep('formerWriter', former);
}
