import { z } from 'zod';
import { name, regional, url } from './basics.ts';
import { care } from './care.ts';
import { certificate } from './certificate.ts';
import { model, pipeline } from './data.ts';
import { delivery, releasesOf } from './deployment.ts';
import { mitigations } from './mitigations.ts';
import { place } from './place.ts';
import { health, serviceProof } from './proof.ts';
import { consumers } from './traffic.ts';
import { validation } from './validation.ts';

const vantagePoint = z.strictObject({
  name: z.string().min(1).describe('Where it looks from.'),
  url: url.describe('GET; 2xx says the region is well, anything else or no answer says it is not. `{region}` is replaced.'),
  knownGood: url
    .optional()
    .describe(
      'GET by the same way, e.g. its answer for another place; 2xx unless the vantage point sees nothing at all. Then it does not count.',
    )
    .meta({ examples: ['https://look.example.com/known-good'] }),
});

const customers = z.strictObject({
  url: url.describe('The service as customers reach it; its proofs go there.'),
  outage: url
    .optional()
    .describe(
      'GET ?since= → { outage: { startedAt, endedAt, totalMs, failed, over, since } }: what customers saw of the trouble that was not over by then; the last `since` is when the present trouble began. Without it the outage is "not measured".',
    ),
  acknowledged: url
    .optional()
    .describe(
      'GET ?since= → { orders: [{ id, at }] }: writes that customers hold an acknowledgement for. Without it lost writes are "not counted".',
    ),
  regionHeader: z
    .string()
    .min(1)
    .optional()
    .describe("Header of an answer at `url` that names the region it came from; without one the name's addresses tell."),
});

/** What people use, and what Muster brings back. */
export const service = z.strictObject({
  title: z.string().describe('As people call it.'),
  database: name.exactOptional().describe('Its entry in `databases`; left out when it has none, or none that Muster may work on.'),
  dns: name.exactOptional().describe('Its entry in `dns`; left out when its customers cannot be moved.'),
  regions: regional(place).describe('Where it runs, and how.'),
  vantagePoints: z
    .array(vantagePoint)
    .min(2, 'name at least two independent vantage points')
    .describe("Ways to see a region's health that do not depend on each other; at least two."),
  health: health.exactOptional(),
  proofs: z.array(serviceProof).default([]).describe('What proves that it works; where nothing proves a write, a person is asked.'),
  customers: customers.describe('What customers see of it.'),
  consumers: consumers.optional(),
  validation: validation.optional(),
  mitigations: mitigations.optional(),
  delivery: delivery.optional(),
  care: care.optional(),
  model: model.optional(),
  pipeline: pipeline.optional(),
  certificate: certificate.optional(),
  ...releasesOf,
});
