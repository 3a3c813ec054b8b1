import type { Environment } from '../../config/environment.ts';
import { redactText, sentenceOf, short } from '../kit/index.ts';
import { askAlerts } from './queries.ts';

/** An alert that is pending or fires. */
export interface ActiveAlert {
  name: string;
  state: 'pending' | 'firing';
  since: string | null;
  /** Its summary, or its description. */
  text: string;
  labels: Record<string, string>;
}

/** Alerts that are active, the firing ones and the oldest first, at most 50; null when Prometheus could not be asked. */
export interface AlertsSeen {
  alerts: ActiveAlert[] | null;
  detail: string;
}

const most = 50;

/** Reads the alerts that say they are of a service, or that do not say of which. Never throws for what it finds. */
export async function readAlerts(environment: Environment, service: string): Promise<AlertsSeen> {
  const all = await askAlerts(environment).catch((error: unknown) => short(redactText(sentenceOf(error)), 500));
  if (typeof all === 'string') return { alerts: null, detail: `the alerts cannot be read: ${all}` };
  const alerts = all.alerts
    .filter(({ state, labels }) => state !== 'inactive' && (labels['service'] ?? service) === service)
    .map(({ state, labels, annotations, activeAt }): ActiveAlert => ({
      ...{ name: labels['alertname'] ?? 'without a name', state: state === 'firing' ? 'firing' : 'pending', since: activeAt ?? null },
      ...{ text: short(redactText(annotations['summary'] ?? annotations['description'] ?? ''), 300), labels },
    }))
    .sort((a, b) => (a.state === b.state ? String(a.since).localeCompare(String(b.since)) : a.state === 'firing' ? -1 : 1));
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  return {
    alerts: alerts.slice(0, most),
    detail: `${firing} fire, ${alerts.length - firing} are pending${all.partial === undefined ? '' : `; ${short(redactText(all.partial), 300)}`}`,
  };
}
