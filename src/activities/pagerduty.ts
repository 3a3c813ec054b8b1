import type { Environment } from '../config/environment.ts';
import { Failure } from '../workflows/failures.ts';
import { deliver } from './support/deliver.ts';
import { failure, short } from './support/fail.ts';
import { notify } from './support/kinds.ts';
import { resolved, resolvedSecret, under } from './support/lookup.ts';
import { redactText } from './support/redact.ts';
import { currentStep } from './support/step-context.ts';

export interface PagerDutyEvent {
  action: 'trigger' | 'acknowledge' | 'resolve';
  /** Events of one key are one alert, so a repeat is harmless; at most 255 characters. */
  dedupKey: string;
  summary: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
}

const longestSummary = 1_024;
const longestKey = 255;

/** PagerDuty's Events API v2; `url` is its base, e.g. https://events.pagerduty.com. */
export function pagerDutyActivities({ name, notify: { pagerduty } }: Environment) {
  return {
    notifyPagerDuty: notify(async ({ action, dedupKey, summary, severity }: PagerDutyEvent) => {
      if (!pagerduty) throw failure(Failure.InvalidInput, 'this environment has no PagerDuty');
      const { runId, stepTitle } = currentStep();
      const payload = {
        summary: short(redactText(summary), longestSummary),
        source: `muster ${name}`,
        severity,
        custom_details: { run: runId, step: stepTitle },
      };
      await deliver({
        method: 'POST',
        url: under(resolved(pagerduty.url), '/v2/enqueue'),
        body: {
          routing_key: resolvedSecret(pagerduty.routingKey),
          event_action: action,
          dedup_key: dedupKey.slice(0, longestKey),
          ...(action === 'trigger' ? { payload } : {}),
        },
      });
    }),
  };
}
