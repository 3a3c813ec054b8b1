import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import type { Environment } from '../../config/environment.ts';
import { createAws, type Aws } from './client.ts';
import { read } from '../kit/index.ts';

/** Whether a key can be used in a region. */
export interface KeyReading {
  keyId: string;
  usable: boolean;
  /** KMS's own word, e.g. `Enabled`, `PendingDeletion`; `not there` when the region has no such key. */
  state: string;
}

/** Keys of KMS. What is encrypted with a key that is not usable in a region cannot be restored there. */
export function kmsActivities(environment: Environment, aws: Aws = createAws(environment)) {
  return {
    /** `keyId` is an id, an ARN or an alias. Never throws because the region has no such key, or does not let us see it. */
    keyUsable: read(async ({ region, keyId }: { region: string; keyId: string }): Promise<KeyReading> => {
      try {
        const { KeyMetadata } = await aws.client('kms', region).send(new DescribeKeyCommand({ KeyId: keyId }));
        // RDS takes symmetric keys only.
        const usable = KeyMetadata?.Enabled === true && KeyMetadata.KeySpec === 'SYMMETRIC_DEFAULT';
        return { keyId, usable, state: KeyMetadata?.KeyState ?? 'unknown' };
      } catch (error) {
        const name = error instanceof Error ? error.name : '';
        if (name === 'NotFoundException' || name === 'InvalidArnException') return { keyId, usable: false, state: 'not there' };
        if (name === 'AccessDeniedException') return { keyId, usable: false, state: 'we may not see it' };
        throw error;
      }
    }),
  };
}
