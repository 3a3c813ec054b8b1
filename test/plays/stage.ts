import assert from 'node:assert/strict';
import { alert, alertsBody } from '../../src/api/alert-schemas.ts';
import { createMatcher } from '../../src/incidents/match-alert.ts';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import type { IncidentRun, IncidentView } from '../../src/workflows/incident/view.ts';
import { eventually } from '../eventually.ts';
import { incidentBench, type Played } from '../incident/bench.ts';
import { received } from './received.ts';
import { openSystem } from './system.ts';

const [minute, hour] = [60_000, 3_600_000];
const day = 24 * hour;

/** An alert as Prometheus would raise it. */
export interface Raised {
  labels: Record<string, string>;
  summary: string;
}

/** An incident of one system while it is played, by its own clock: it begins on a Tuesday at 03:00 UTC, which is day 1. */
export interface Stage extends Pick<Played, 'ask' | 'view' | 'world'> {
  /** Lets time pass until so many seconds past a minute: `03:15` of the same day, or `day 2 09:00`. */
  at(when: string): Promise<void>;
  /** A moment as `at` reads it; ISO. */
  moment(when: string): string;
  /** The alert began two minutes before the incident, and ends now. */
  clears(): Promise<void>;
  /** A run that names the incident says how it stands. */
  run(run: Pick<IncidentRun, 'runbook' | 'title' | 'state' | 'status' | 'startedBy'>): Promise<void>;
}

// Whatever is due goes out some seconds after the twentieth of its minute, so that a slow machine moves no message into the next one.
const second = 20_000;

/** Time goes from one moment at which something is due to the next: the server would go on while a message is on its way. */
const slackMs = 1_000;

/** What is due by a moment is done, and nothing is on its way any more. */
async function settled({ view, handle }: Pick<Played, 'view' | 'handle'>, moment: number): Promise<void> {
  const look = async () => ({ seen: await view(), raw: (await handle.describe()).raw });
  await eventually('nothing under way', look, ({ seen: { next, messages }, raw: { pendingActivities, pendingWorkflowTask } }) => {
    const done = next.every(({ at }) => Date.parse(at) > moment) && messages.every(({ state }) => state === 'sent');
    return done && (pendingActivities ?? []).length === 0 && !pendingWorkflowTask;
  });
}

/** Plays an incident of a system from its alert to the end of its workflow; answers what its inbox got, and its last record. */
export async function playthrough(
  name: string,
  raised: Raised,
  script: (stage: Stage) => Promise<void>,
): Promise<{ got: Record<string, string>; end: IncidentView }> {
  const system = await openSystem(name);
  const bench = incidentBench();
  const { environment, inbox } = system;
  const fact = (startsAt: string, endsAt?: string) => factOf(environment.incidents!, raised, startsAt, endsAt);
  const { service, severity } = fact(new Date(0 + minute).toISOString());
  let [begun, now] = [0, 0];
  let result: { got: Record<string, string>; end: IncidentView } | undefined;
  const real = { around: system.around, from: (clock: number) => (begun = now = nextTuesday(clock) + 3 * hour + second) };
  const alertAt = () => new Date(begun - 2 * minute).toISOString();
  const read = (when: string) => {
    const [, on, hours, minutes] = /^(?:day (\d+) )?(\d\d):(\d\d)$/.exec(when)!;
    const days = on === undefined ? Math.floor((now - midnightOf(begun)) / day) : Number(on) - 1;
    return midnightOf(begun) + days * day + Number(hours) * hour + Number(minutes) * minute;
  };
  try {
    await bench.play(
      { policy: environment.incidents!.policy, service, severity, alerts: () => [fact(alertAt())], real },
      async ({ ask, view, world, alerts, run, handle, pass }) => {
        await settled({ view, handle }, begun);
        await script({
          ...{ ask, view, world },
          moment: (when) => new Date(read(when)).toISOString(),
          at: async (when) => {
            const next = read(when) + second;
            assert.ok(next > now, `${when} is over`);
            now = next;
            for (let stop = 0; stop < next; await settled({ view, handle }, stop)) {
              const clock = Date.parse(await bench.ago(0));
              const due = (await view()).next.map(({ at }) => Date.parse(at) + slackMs).find((at) => at > clock);
              stop = Math.min(due ?? next, next);
              if (stop > clock) await pass((stop - clock) as never);
            }
          },
          clears: async () => alerts(fact(alertAt(), new Date(now).toISOString())),
          run: async (told) => {
            const at = new Date(now).toISOString();
            const ended = ['completed', 'failed'].includes(told.state) ? { endedAt: at } : {};
            await run({ runId: `${told.runbook}-1`, mode: 'live', startedAt: at, ...ended, ...told });
          },
        });
        await handle.result();
        const end = await view();
        result = { end, got: received(inbox.messages(), end.messages, new Date(begun).toISOString()) };
      },
    );
  } finally {
    await system.close();
  }
  return result!;
}

const midnightOf = (at: number): number => at - (at % day);

/** At midnight; none of the days of a playthrough's first night is a weekend. */
function nextTuesday(clock: number): number {
  let at = midnightOf(clock) + day;
  while (new Date(at).getUTCDay() !== 2) at += day;
  return at;
}

/** As the API reads what Alertmanager sends, by the rules of the system. */
function factOf(incidents: Parameters<typeof createMatcher>[0], { labels, summary }: Raised, startsAt: string, endsAt?: string): AlertFact {
  const status = endsAt === undefined ? 'firing' : 'resolved';
  const sent = alertsBody.parse({
    ...{ version: '4', status, receiver: 'muster', groupKey: '{}:{}', truncatedAlerts: 0 },
    alerts: [
      {
        ...{ status, labels, annotations: { summary }, startsAt, endsAt: endsAt ?? '0001-01-01T00:00:00Z', fingerprint: 'f1' },
        generatorURL: 'https://prometheus.example/graph',
      },
    ],
  });
  const understood = createMatcher(incidents)(alert.parse(sent.alerts![0]));
  if ('why' in understood) throw new Error(understood.why);
  return understood.fact;
}
