import { comms } from '../tools.ts';
import { news, noteTold, type ReadinessBook } from './book.ts';
import { isProblem, sayFinding } from './finding.ts';
import type { PlanReadiness, ReadinessAlert } from './view.ts';

const mostProblems = 5;

/** Tells people once of each plan that is not ready any more, or is so again; what nothing has taken is told again after the next look. */
export async function tellPeople(book: ReadinessBook): Promise<void> {
  const { list } = book;
  const alerts = news(book, Date.now()).map(({ name, plan, ready }) => ({
    plan: name,
    ready,
    text: textOf(list.title, name, plan, ready),
  }));
  if (alerts.length === 0) return;
  const { slack, pagerduty } = list.notify;
  // One message for all: a lost region takes many plans with it.
  const posted = slack ? sent(comms.notifySlack({ text: alerts.map(({ text }) => text).join('\n') })) : false;
  const paged = alerts.map((alert) => (pagerduty ? sent(page(list.environment, alert)) : false));
  const at = new Date().toISOString();
  for (const [index, { plan, ready, text }] of alerts.entries()) {
    const by = [...((await posted) ? ['slack'] : []), ...((await paged[index]) ? ['pagerduty'] : [])];
    const alert: ReadinessAlert = { at, plan, state: ready ? 'ready' : 'notReady', text, by };
    if (by.length > 0 || (!slack && !pagerduty)) noteTold(book, alert);
  }
}

function page(environment: string, { plan, ready, text }: { plan: string; ready: boolean; text: string }) {
  const action = ready ? ('resolve' as const) : ('trigger' as const);
  return comms.notifyPagerDuty({ action, dedupKey: `readiness/${environment}/${plan}`, summary: text, severity: 'warning' });
}

const sent = (sending: Promise<{ sent: boolean }>): Promise<boolean> =>
  sending.then(
    (message) => message.sent,
    () => false,
  );

function textOf(title: string, name: string, plan: PlanReadiness | undefined, ready: boolean): string {
  if (ready) return `${title}: the recovery plan "${name}" ${plan ? 'is ready again' : 'is not watched any more'}.`;
  const problems = plan!.findings.filter(isProblem).map((finding) => `${finding.resource}: ${sayNeeded(finding)}`);
  const more = problems.length > mostProblems ? [`and ${problems.length - mostProblems} more`] : [];
  return `${title}: the recovery plan "${name}" is NOT READY. ${[...problems.slice(0, mostProblems), ...more].join('; ')}.`;
}

const sayNeeded = ({ needed, have }: Parameters<typeof sayFinding>[0]): string => `needed ${needed}, have ${have}`;
