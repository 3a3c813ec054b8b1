import { z } from 'zod';
import { reference, secret, url } from './basics.ts';

const awsRegion = z.string().describe("AWS's own name of the region.");
const endpoint = url.optional().describe("Address of AWS's API, where it is not AWS's public one: a private endpoint, or a stand-in.");

/** The account in which everything of AWS stands. */
export const account = z
  .strictObject({
    global: z
      .strictObject({ region: awsRegion, endpoint })
      .describe('Where the services are asked that belong to no region: Route 53, and who Muster is in the account.'),
    credentials: z
      .strictObject({
        accessKeyId: reference.describe('Id of the access key.'),
        secretAccessKey: secret.describe('The secret half of the access key, as a reference.'),
      })
      .optional()
      .describe("An access key of Muster's own; without it AWS's usual ways are taken: variables, profile, role of the machine or pod."),
  })
  .describe('The AWS account that the system runs in; left out where nothing of it runs on AWS.');

/** A place where the system runs. */
export const region = z.strictObject({
  aws: z
    .strictObject({ region: awsRegion, endpoint })
    .exactOptional()
    .describe('The region of AWS that it is; left out where the system does not run on AWS.'),
});
