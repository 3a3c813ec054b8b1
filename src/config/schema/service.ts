import { z } from 'zod';
import { delivery, deploymentPlace, releasesOf } from './deployment.ts';
import { duration, name, regional, secret, url } from './basics.ts';
import { care } from './care.ts';
import { composePlace } from './compose.ts';
import { model, pipeline } from './data.ts';
import { hostPlace } from './host.ts';
import { mitigations } from './mitigations.ts';
import { health, serviceProof } from './proof.ts';
import { consumers, warmUp } from './traffic.ts';

const vantagePoint = z.strictObject({
  name: z.string().min(1),
  /** GET; 2xx says the region is well, anything else or no answer says it is not. `{region}` is replaced. */
  url,
  /** GET by the same way, e.g. its answer for another place; 2xx unless the vantage point sees nothing at all. Then it does not count. */
  knownGood: url.optional(),
});

/** A region of a service: an Auto Scaling group with its target group, a Deployment of Kubernetes, or something that Muster does not run. */
const place = z
  .strictObject({
    autoScalingGroup: z.string().optional(),
    targetGroup: z.string().optional(),
    kubernetes: deploymentPlace.optional(),
    compose: composePlace.optional(),
    /** The machine that Muster may reach by ssh, beside what else is said of the region. */
    host: hostPlace.optional(),
    /** Base URL of the service in this region, past the load balancer. */
    url,
    /** Instances that carry the whole load. */
    fullCapacity: z.int().positive(),
    warmUp: warmUp.optional(),
  })
  .refine(
    ({ autoScalingGroup, targetGroup, kubernetes }) =>
      (autoScalingGroup === undefined) === (targetGroup === undefined) && (autoScalingGroup === undefined || kubernetes === undefined),
    'say either autoScalingGroup and targetGroup, or kubernetes',
  )
  .refine(
    ({ autoScalingGroup, kubernetes, compose }) => compose === undefined || (autoScalingGroup === undefined && kubernetes === undefined),
    'a service runs in docker compose, on Kubernetes or in an Auto Scaling group, not in two of them',
  );

/** The certificate that a service presents, and who renews it. `{region}` is replaced in every text, and `{host}` in arguments. */
const certificate = z.strictObject({
  /** Where it is presented, e.g. `https://shop.example.com`; it must cover the host that stands there. */
  url,
  /** PEM file with the authorities that are trusted beside the public ones. */
  authority: z.string().min(1).optional(),
  /** A certificate that ends sooner is renewed. */
  renewBefore: duration.default(30 * 86_400_000),
  /** So long a renewal may take until the service presents it. */
  within: duration.default(300_000),
  /** Whoever renews keeps the former certificate, and may be asked twice for one `operation`. */
  renew: z
    .discriminatedUnion('by', [
      /** POST { host, operation } with the token → 2xx. */
      z.strictObject({ by: z.literal('http'), url, token: secret }),
      /** A program on the worker's machine, by its whole path and without a shell; MUSTER_OPERATION names the operation. */
      z.strictObject({
        by: z.literal('program'),
        program: z.string().regex(/^\/[^\s\p{Cc}]+$/u, 'use the whole path of a program'),
        arguments: z.array(z.string()).default([]),
      }),
    ])
    .optional(),
});

export const service = z.strictObject({
  title: z.string(),
  /** Left out when it has none, or none that Muster may work on. */
  database: name.exactOptional(),
  /** Left out when its customers cannot be moved. */
  dns: name.exactOptional(),
  regions: regional(place),
  /** Ways to see a region's health that do not depend on each other. */
  vantagePoints: z.array(vantagePoint).min(2, 'name at least two independent vantage points'),
  /** How it is asked whether it is well. */
  health: health.exactOptional(),
  /** What proves that it works; where nothing proves a write, a person is asked. */
  proofs: z.array(serviceProof).default([]),
  /** The service as customers reach it; its proofs go there. */
  customers: z.strictObject({
    url,
    /** GET → { outage: { startedAt, endedAt, totalMs }, … }: what customers saw. */
    outage: url.optional(),
    /** GET ?since= → { orders: [{ id, at }] }: writes that customers hold an acknowledgement for. */
    acknowledged: url.optional(),
    /** Header of an answer at `url` that names the region it came from; without one the name's addresses tell. */
    regionHeader: z.string().min(1).optional(),
  }),
  consumers: consumers.optional(),
  /** Where each line of the validation checklist is looked up; paths are below the region's `url`. What is left out asks a person. */
  validation: z
    .strictObject({
      /** POST { name, password } → 201 { token }; the account answers 200 with it and 401 without. */
      authentication: z.strictObject({ path: z.string(), account: z.string(), name: z.string(), password: secret }),
      /** A gauge in Prometheus' text format that holds a time in seconds. */
      monitoring: z.strictObject({ path: z.string(), metric: z.string(), freshFor: duration }),
      /** GET → { entries: [{ at }] }, newest first. */
      logs: z.strictObject({ path: z.string(), freshFor: duration }),
    })
    .partial()
    .optional(),
  /** What it can be put on for a while, each with an owner and an end. */
  mitigations: mitigations.optional(),
  /** What brings new releases out; paused while a run rolls one back. */
  delivery: delivery.optional(),
  /** How it is looked after in an incident, and when it is well again. */
  care: care.optional(),
  /** What it predicts with. */
  model: model.optional(),
  /** What brings its data in. */
  pipeline: pipeline.optional(),
  /** What it proves with that it is who it says. */
  certificate: certificate.optional(),
  ...releasesOf,
});
