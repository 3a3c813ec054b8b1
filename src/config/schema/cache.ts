import { z } from 'zod';
import { reference, regional, secret } from './basics.ts';

const address = reference
  .refine((text) => /^(env:|file:|rediss?:\/\/)/.test(text), 'use redis://… or rediss://…, or a reference: env:NAME or file:PATH')
  .refine((text) => !/^rediss?:\/\/[^/]*@/.test(text), 'a password belongs into a reference of its own, not into the address');

/** A cache (Redis) that incident runbooks ask how it is, and never what it holds. */
export const cache = z
  .strictObject({
    url: address.exactOptional(),
    username: z.string().min(1).exactOptional(),
    password: secret.exactOptional(),
    /** Where it is another one in a region. */
    regions: regional(
      z.strictObject({ url: address, username: z.string().min(1).exactOptional(), password: secret.exactOptional() }),
    ).default({}),
  })
  .refine(({ url, regions }) => url !== undefined || Object.keys(regions).length > 0, 'say its url, or that of each region');
