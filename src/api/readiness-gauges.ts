import { Gauge, type Registry } from 'prom-client';
import type { Readiness } from '../readiness/readiness.ts';
import type { ReadinessView } from '../workflows/readiness/view.ts';

/** Scrapes that come together share one question. */
const freshMs = 1_000;
const states = ['ok', 'warning', 'failed', 'unknown'] as const;

/** Puts the readiness of the recovery plans into Prometheus' numbers, as the last look saw it; plans that nobody would start now are left out. */
export function countReadiness(registry: Registry, readiness: Pick<Readiness, 'view'>): void {
  const registers = [registry];
  const read = shared(() => readiness.view());
  const plansNow = async () => ((await read())?.plans ?? []).filter(({ state }) => state !== 'notNow');

  new Gauge({
    ...{ name: 'muster_readiness_score', help: 'How much one may rely on a recovery plan, 0 to 100', labelNames: ['plan'], registers },
    async collect() {
      this.reset();
      for (const { name, score } of await plansNow()) this.set({ plan: name }, score?.points ?? Number.NaN);
    },
  });
  new Gauge({
    ...{ name: 'muster_readiness_ready', help: '1 for a recovery plan with which nothing is wrong', labelNames: ['plan'], registers },
    async collect() {
      this.reset();
      for (const { name, state } of await plansNow()) this.set({ plan: name }, state === 'notReady' ? 0 : 1);
    },
  });
  new Gauge({
    ...{ name: 'muster_readiness_findings', help: 'What the checks of a recovery plan found', registers },
    labelNames: ['plan', 'check', 'state'],
    async collect() {
      this.reset();
      for (const { name, findings } of await plansNow()) {
        for (const check of new Set(findings.map((finding) => finding.check))) {
          for (const state of states) {
            const count = findings.filter((finding) => finding.check === check && finding.state === state).length;
            this.set({ plan: name, check, state }, count);
          }
        }
      }
    },
  });
  new Gauge({
    ...{ name: 'muster_readiness_last_look_timestamp_seconds', help: 'When the recovery plans were last looked at', registers },
    async collect() {
      const at = (await read())?.at;
      this.set(at ? Date.parse(at) / 1_000 : Number.NaN);
    },
  });
}

/** Undefined when nobody answers: a scrape must not fail for that. */
function shared(read: () => Promise<ReadinessView>): () => Promise<ReadinessView | undefined> {
  let last: { at: number; answer: Promise<ReadinessView | undefined> } | undefined;
  return () => {
    if (!last || Date.now() - last.at > freshMs) last = { at: Date.now(), answer: read().catch(() => undefined) };
    return last.answer;
  };
}
