import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Environment } from '../../config/environment.ts';
import { createAws, type Aws } from './client.ts';
import { read } from '../kit/index.ts';

export interface Identity {
  account: string;
  arn: string;
}

/** Who Muster is to AWS; asked of the region itself, so that it also proves that credentials work there. */
export function stsActivities(environment: Environment, aws: Aws = createAws(environment)) {
  return {
    callerIdentity: read(async ({ region }: { region: string }): Promise<Identity> => {
      const { Account, Arn } = await aws.client('sts', region).send(new GetCallerIdentityCommand({}));
      return { account: Account ?? '', arn: Arn ?? '' };
    }),
  };
}
