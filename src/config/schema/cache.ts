import { z } from 'zod';
import { reference, regional, secret } from './basics.ts';

const address = reference
  .refine((text) => /^(env:|file:|rediss?:\/\/)/.test(text), 'use redis://… or rediss://…, or a reference: env:NAME or file:PATH')
  .refine((text) => !/^rediss?:\/\/[^/]*@/.test(text), 'a password belongs into a reference of its own, not into the address');

const sayUrl = 'Address as `redis://host:port` or `rediss://…` (TLS), without a password.';
const username = z.string().min(1).exactOptional().describe("User of Redis' ACL; left out where there is none.");
const password = secret.exactOptional().describe('Its password, as a reference; left out where there is none.');

/** A cache (Redis) that incident runbooks ask how it is, and never what it holds. */
export const cache = z
  .strictObject({
    url: address.exactOptional().describe(sayUrl),
    username,
    password,
    regions: regional(
      z.strictObject({
        url: address.describe(sayUrl),
        username,
        password,
      }),
    )
      .default({})
      .describe('Where it is another one in a region.'),
  })
  .refine(({ url, regions }) => url !== undefined || Object.keys(regions).length > 0, 'say its url, or that of each region');
