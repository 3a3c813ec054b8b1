import { z } from 'zod';

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T12:00:00Z' });
const words = z.record(z.string(), z.string());
const link = z.string().optional();

/** What Alertmanager and Grafana say of one alert; what else they say is let through. */
export const alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: words,
  annotations: z
    .record(z.string(), z.string().nullable())
    .nullish()
    .transform((all) => Object.fromEntries(Object.entries(all ?? {}).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))),
  startsAt: time,
  /** In the year 1 while it fires. */
  endsAt: time.optional(),
  fingerprint: z
    .string()
    .max(64)
    .optional()
    .transform((print) => print || undefined),
  generatorURL: link,
  dashboardURL: link,
});

/** The webhook of Alertmanager (version 4), and Grafana's, which calls itself version 1 and says more. */
export const alertsBody = z.looseObject({
  /** Left out by some that speak as Alertmanager does. */
  version: z.enum(['4', '1'], 'must be "4" (Alertmanager) or "1" (Grafana)').optional(),
  /** Each is judged by itself, so that a bad one does not take the others along. */
  alerts: z.array(z.unknown()).nullish(),
  /** Only counted: a strange number of them refuses nothing. */
  truncatedAlerts: z.preprocess((said) => (Number.isSafeInteger(said) && Number(said) > 0 ? said : 0), z.int().min(0)),
});
