import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Post } from '../../workflows/incident/messages.ts';
import { deliver } from './deliver.ts';
import { currentStep, failure, finding, notify, redactText, resolved, resolvedSecret, short, under } from '../kit/index.ts';
import { ask, delivers, repeatable } from './sink.ts';

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

    /** Triggers, acknowledges or resolves the incident's alert. Its number is the key, so a repeat is harmless; a drill pages nobody. */
    deliverPagerDuty: delivers<Extract<Post, { sink: 'pagerduty' }>>(async ({ incident, post, links, say }) => {
      if (!pagerduty) throw failure(Failure.InvalidInput, 'this environment has no PagerDuty');
      const key = 'rung' in post && post.rung !== undefined ? `${incident.number}/${post.rung}` : incident.number;
      if (incident.drill) {
        finding(`PagerDuty: ${post.act}`, drillsPageNobody);
        return { pagerduty: { key, notPaged: drillsPageNobody } };
      }
      const payload = {
        summary: say(post.summary, longestSummary),
        source: `muster ${name}`,
        severity: post.severity,
        custom_details: { incident: incident.number, title: redactText(incident.title), started: incident.startedAt },
      };
      const body = {
        routing_key: resolvedSecret(pagerduty.routingKey),
        event_action: post.act,
        dedup_key: key,
        ...(post.act === 'trigger' ? { payload, client: 'Muster', ...linksOf(links.ticket) } : {}),
      };
      await repeatable(() => ask({ method: 'POST', url: under(resolved(pagerduty.url), '/v2/enqueue'), body, kind: 'notify' }));
      return { pagerduty: { key } };
    }),
  };
}

const drillsPageNobody = 'this is a drill, and a drill never pages the real rotation';

function linksOf(ticket: { key: string; url: string } | undefined): { links?: { href: string; text: string }[] } {
  return ticket ? { links: [{ href: ticket.url, text: `Ticket ${ticket.key}` }] } : {};
}
