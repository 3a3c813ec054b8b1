import { CopyDBSnapshotCommand, type DBSnapshot } from '@aws-sdk/client-rds';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, isOurs, operationTags } from '../aws/index.ts';
import { change, failure } from '../kit/index.ts';
import { findSnapshot, untilSnapshot } from './snapshots.ts';

interface Copy {
  from: string;
  to: string;
  snapshot: string;
  /** Key of the target region; needed for one that is encrypted. */
  kmsKeyId?: string;
}

/** Snapshots in a second region, where they outlive the first. */
export function snapshotCopies(aws: Aws) {
  const copy = (asked: Copy, source: DBSnapshot | undefined) =>
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: source?.DBSnapshotArn ?? asked.snapshot,
      TargetDBSnapshotIdentifier: copyName(asked),
      ...(asked.kmsKeyId === undefined ? {} : { KmsKeyId: asked.kmsKeyId }),
      Tags: operationTags(),
    });

  return {
    /** Copies a snapshot to another region as `<snapshot>-from-<region>`. Adopts only a copy that this run has begun. */
    copySnapshot: change({
      look: async (asked: Copy) => {
        if (asked.from === asked.to) throw failure(Failure.InvalidInput, `a copy needs two regions, have ${asked.to} twice`);
        const made = await findSnapshot(aws, asked.to, copyName(asked));
        const so = isOurs(made?.TagList);
        const source = so ? undefined : await findSnapshot(aws, asked.from, asked.snapshot);
        return { so, found: made ? `${copyName(asked)} is ${made.Status}` : `there is no ${copyName(asked)}`, made, source };
      },
      predict: (asked, { source }) => ({
        calls: [aws.predicted('rds', asked.to, copy(asked, source))],
        result: { snapshot: copyName(asked) },
      }),
      refuse: (asked, { made, source }) => {
        const { from, to, snapshot } = asked;
        if (made)
          throw failure(Failure.Permanent, `${copyName(asked)} in ${to}: needed a free name, have a snapshot that this run did not make`);
        if (source?.Status !== 'available') {
          const name = source?.Status === 'creating' ? Failure.NotYet : Failure.Permanent;
          throw failure(name, `snapshot ${snapshot} in ${from}: needed status available, have ${source?.Status ?? 'none of that name'}`);
        }
        if (source.Encrypted && asked.kmsKeyId === undefined)
          throw failure(Failure.Permanent, `snapshot ${snapshot} in ${from} is encrypted: needed a key of ${to} for its copy, have none`);
      },
      act: async (asked, { source }) => {
        await aws.client('rds', asked.to).send(copy(asked, source));
      },
      prove: (asked) => untilSnapshot(aws, asked.to, copyName(asked)),
    }),
  };
}

/** Only RDS itself may give names with a colon. */
function copyName({ snapshot, from }: Copy): string {
  return `${snapshot.replace(/^rds:/, '')}-from-${from}`;
}
