import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Aws } from '../aws/index.ts';
import { readClusterState, readServer, tryWrite, type ClusterPlace } from './cluster-session.ts';
import { readPart, type ClusterWhere } from './clusters.ts';
import { failure, proof, type Seen, until } from '../kit/index.ts';
import { watchWrites, writeAnywhere, type LastWrite, type WriteOutage } from './write-outage.ts';

/** A member that becomes the writer, or was it. */
export interface MemberWhere extends ClusterWhere {
  instance: string;
}

/** `instance` is null when nobody could tell who was the writer. */
interface FormerWriter extends ClusterWhere {
  instance: string | null;
}
export interface FormerWriterFound {
  instance: string | null;
  reader: boolean;
  found: string;
}

interface WatchedMove {
  cluster: string;
  regions: string[];
  target: MemberWhere;
  /** The last write before the move. */
  since: LastWrite;
  withinMs: number;
}

const patience = 10 * 60_000;

/** Proofs about the writer of a cluster, by real writes. */
export function clusterProofs(environment: Environment, aws: Aws) {
  return {
    /** Resolves when a write through the region's cluster endpoint is taken by the member itself. */
    proveClusterWriter: proof(({ instance, ...where }: MemberWhere): Promise<{ writer: string; at: string }> => {
      return until(
        async (): Promise<Seen<{ writer: string; at: string }>> => {
          const [server, member] = [
            await tryWrite(environment, where),
            await readServer(environment, await placeOf({ instance, ...where })),
          ];
          return server === member
            ? { is: { writer: instance, at: new Date().toISOString() } }
            : { notYet: 'another server takes the writes' };
        },
        { within: 60_000, what: `the endpoint of ${where.cluster} in ${where.region} to lead to ${instance}` },
      );
    }),

    /** Resolves when the old writer answers as a reader; `reader` is false when its region is lost, so that it cannot be told. */
    proveFormerWriter: proof((asked: FormerWriter): Promise<FormerWriterFound> =>
      until(() => lookAtFormerWriter(asked), {
        within: patience,
        what: `the old writer of ${asked.cluster} in ${asked.region} to be a reader`,
      }),
    ),

    /** Tries one write at the endpoints of the regions; `at` is null when nobody takes it. */
    tryClusterWrite: proof(async ({ cluster, regions }: { cluster: string; regions: string[] }): Promise<LastWrite> => {
      const server = await writeAnywhere(
        environment,
        regions.map((region) => ({ cluster, region })),
      );
      return { at: server === undefined ? null : new Date().toISOString() };
    }),

    /** Writes without a pause until the target takes the writes; `withinMs` at most. */
    measureWriteOutage: proof(async ({ cluster, regions, target, ...more }: WatchedMove): Promise<WriteOutage> => {
      const places = regions.map((region) => ({ cluster, region }));
      return watchWrites(environment, { places, target: await placeOf(target), ...more });
    }),
  };

  async function lookAtFormerWriter({ instance, ...where }: FormerWriter): Promise<Seen<FormerWriterFound>> {
    const part = await readPart(environment, aws, where);
    const lost = `${part.refusal ? `RDS in ${where.region} refuses (${part.refusal})` : `${where.region} does not answer`}: it is not known to be fenced; RDS makes it a reader when it comes back`;
    if (!part.reachable) return { is: { instance, reader: false, found: lost } };
    const writer = part.members.find((one) => one.writer && (instance === null || one.instance === instance));
    if (writer) return { notYet: `RDS calls ${writer.instance} a writer` };
    if (instance === null) return { is: { instance, reader: true, found: 'no member there is a writer any more' } };
    const status = part.members.find((one) => one.instance === instance)?.status;
    const { inRecovery, refusal } = await readClusterState(environment, await placeOf({ instance, ...where }));
    if (status === 'available' && inRecovery) return { is: { instance, reader: true, found: 'it answers as a reader' } };
    return { notYet: `${instance} is ${status}, in recovery: ${refusal ?? inRecovery}` };
  }

  /** A member's own address, as RDS tells it. */
  async function placeOf(asked: MemberWhere): Promise<ClusterPlace> {
    const { cluster, region, instance } = asked;
    const { members } = await readPart(environment, aws, asked);
    const { host, port } = members.find((member) => member.instance === instance) ?? {};
    if (!host || !port) throw failure(Failure.Transient, `RDS tells no address of ${instance}`);
    return { cluster, region, endpoint: { host, port } };
  }
}
