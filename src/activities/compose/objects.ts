import { z } from 'zod';

const never = '0001-01-01T00:00:00Z';
const moment = z.string().transform((at) => (at === '' || at.startsWith(never.slice(0, 10)) ? null : at));

/** What is used of `docker inspect` of a container. */
export const container = z.object({
  Id: z.string(),
  Name: z.string().transform((name) => name.replace(/^\//, '')),
  Created: z.string(),
  /** Id of its image. */
  Image: z.string(),
  RestartCount: z.number(),
  LogPath: z.string().default(''),
  SizeRw: z.number().optional(),
  State: z.object({
    /** created, running, paused, restarting, removing, exited or dead. */
    Status: z.string(),
    OOMKilled: z.boolean(),
    ExitCode: z.number(),
    Error: z.string(),
    StartedAt: moment,
    FinishedAt: moment,
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    /** As the compose file has it. */
    Image: z.string(),
    Env: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    StopTimeout: z.number().nullish(),
  }),
  HostConfig: z.object({
    Memory: z.number(),
    MemorySwap: z.number(),
    NanoCpus: z.number(),
    CpuQuota: z.number(),
    CpuPeriod: z.number(),
    NetworkMode: z.string(),
  }),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown()).nullish() }),
});
export type Container = z.output<typeof container>;

/** What is used of `docker info`. */
export const engine = z.object({ SystemTime: z.string(), NCPU: z.number(), MemTotal: z.number() });
export type Engine = z.output<typeof engine>;

/** One line of `docker events`. */
export const event = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
  timeNano: z.number(),
});
export type Event = z.output<typeof event>;

/** One line of `docker stats`. */
export const usage = z.object({ ID: z.string(), MemUsage: z.string() });

/** What is used of `docker image inspect`. */
export const image = z.object({
  Id: z.string(),
  RepoTags: z
    .array(z.string())
    .nullish()
    .transform((tags) => tags ?? []),
  Created: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
export type Image = z.output<typeof image>;

/** One line of `docker system df`. */
export const diskUse = z.object({ Type: z.string(), Size: z.string(), Reclaimable: z.string() });

/** What is used of `docker compose config`. */
export const composeFile = z.object({
  networks: z.record(z.string(), z.object({ name: z.string() })).default({}),
  services: z.record(
    z.string(),
    z.object({
      image: z.string().optional(),
      network_mode: z.string().optional(),
      networks: z
        .record(z.string(), z.object({ aliases: z.array(z.string()).default([]), ipv4_address: z.string().optional() }).nullable())
        .nullish(),
      deploy: z.object({ replicas: z.number().optional() }).nullish(),
      scale: z.number().optional(),
    }),
  ),
});

const factors: Readonly<Record<string, number>> = {
  ...{ B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KIB: 1024, MIB: 1024 ** 2, GIB: 1024 ** 3, TIB: 1024 ** 4 },
};

/** `563.2KiB` → bytes, about; null for anything else. */
export function bytesOf(text: string): number | null {
  const [, amount, unit] = /^\s*([\d.]+)\s*([kKMGT]?i?B)/.exec(text) ?? [];
  const factor = factors[unit?.toUpperCase() ?? ''];
  return amount === undefined || factor === undefined ? null : Math.round(Number(amount) * factor);
}
