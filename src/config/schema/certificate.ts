import { z } from 'zod';
import { duration, secret, url } from './basics.ts';

const renew = z.discriminatedUnion('by', [
  z.strictObject({
    by: z
      .literal('http')
      .describe('POST { host, operation } with the token → 2xx.')
      .meta({ examples: ['http'] }),
    url: url.describe('Where it is sent; `{region}` is replaced.').meta({ examples: ['https://acme.example.com/renew'] }),
    token: secret.describe('Token that is sent, as a reference.').meta({ examples: ['env:ACME_TOKEN'] }),
  }),
  z.strictObject({
    by: z
      .literal('program')
      .describe("A program on the worker's machine, without a shell; MUSTER_OPERATION names the operation.")
      .meta({ examples: ['program'] }),
    program: z
      .string()
      .regex(/^\/[^\s\p{Cc}]+$/u, 'use the whole path of a program')
      .describe('Its whole path.')
      .meta({ examples: ['/usr/local/bin/renew-certificate'] }),
    arguments: z
      .array(z.string())
      .default([])
      .describe('What it gets; `{region}` and `{host}` are replaced.')
      .meta({ examples: [['--host', '{host}']] }),
  }),
]);

/** The certificate that a service presents, and who renews it. `{region}` is replaced in every text, and `{host}` in arguments. */
export const certificate = z
  .strictObject({
    url: url
      .describe('Where it is presented; it must cover the host that stands there. `{region}` is replaced.')
      .meta({ examples: ['https://shop.example.com'] }),
    authority: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file with the authorities that are trusted beside the public ones.')
      .meta({ examples: ['/etc/ssl/company.pem'] }),
    renewBefore: duration
      .default(30 * 86_400_000)
      .describe('A certificate that ends sooner is renewed.')
      .meta({ examples: ['30d'] }),
    within: duration
      .default(300_000)
      .describe('So long a renewal may take until the service presents it.')
      .meta({ examples: ['5m'] }),
    renew: renew
      .optional()
      .describe(
        'Whoever renews keeps the former certificate, and may be asked twice for one `operation`; without it people renew it by hand.',
      )
      .meta({ examples: [{ by: 'program', program: '/usr/local/bin/renew-certificate', arguments: ['--host', '{host}'] }] }),
  })
  .describe('The certificate that it presents, and who renews it; without it Muster does not look at it.')
  .meta({ examples: [{ url: 'https://shop.example.com', renewBefore: '30d' }] });
