import type { Environment } from '../../config/environment.ts';
import type { Leftover } from '../../workflows/incident/view.ts';
import { holderOf, mitigationActivities, type MitigationKind, pausedRegions } from '../service/index.ts';
import type { Aws } from '../aws/index.ts';
import { redactText, sentenceOf, short } from '../kit/index.ts';
import { listOwnRuns, type OwnRun, viewOfRun } from '../records/index.ts';
import { runMarks, wordOf } from '../../words/states.ts';

const runbook = 'mitigate';
const mostMitigations = 50;

/** Runs of an incident that have not ended. */
export async function openRuns(environment: Environment, number: string): Promise<Leftover[]> {
  const runs = await listOwnRuns({ environment: environment.name, incident: number, open: true });
  return runs
    .filter(({ mode }) => mode === 'live')
    .map(({ runId, title, state }) => ({ kind: 'open-run' as const, what: `${title} (${wordOf(runMarks, state)})`, runId }));
}

/** Measures that a service is on now, read where they act; with the run that answers for each, where there is one. */
export async function mitigationsOn(environment: Environment, aws: Aws, service: string): Promise<Leftover[]> {
  const kinds = Object.keys(environment.services[service]!.mitigations ?? {}) as MitigationKind[];
  const { readMitigation } = mitigationActivities(environment, aws);
  const read = await Promise.all(
    kinds.map((kind) =>
      looked<Leftover>('mitigation', `the ${kind} of ${service}`, { service }, async () => {
        const { on, detail } = await readMitigation({ service, kind });
        return on ? [{ kind: 'mitigation', what: detail, service, ...(await answersFor(environment, service, kind)) }] : [];
      }),
    ),
  );
  return read.flat();
}

/** Deliveries of a service that are on hold now, with the run of Muster that holds each, where there is one. */
export async function heldDeliveries(environment: Environment, service: string): Promise<Leftover[]> {
  const regions = await pausedRegions(environment, service);
  return Promise.all(
    regions.map(async (region): Promise<Leftover> => {
      const holder = await holderOf(environment, { service, region }).catch(() => undefined);
      const by = holder ? `held by a run of Muster` : 'paused, and not known to be by a run of Muster';
      const what = `deliveries of ${service} to ${region}: ${by}`;
      return { kind: 'frozen-delivery', what, service, ...(holder ? { runId: holder.runId } : {}) };
    }),
  );
}

/** Looks; what could not be looked for is a leftover itself, since it may be there. */
export async function looked<L extends Leftover>(
  kind: Leftover['kind'],
  what: string,
  more: { service?: string },
  look: () => Promise<L[]>,
): Promise<Leftover[]> {
  try {
    return await look();
  } catch (error) {
    return [{ kind, what: `${what} could not be looked for: ${short(redactText(sentenceOf(error)), 300)}`, ...more }];
  }
}

/** The newest run that put the service on it; the measure is shown without one when nobody can say. */
export async function answersFor(environment: Environment, service: string, kind: MitigationKind): Promise<{ runId?: string }> {
  const runs = await listOwnRuns({ environment: environment.name, runbook, limit: mostMitigations }).catch((): OwnRun[] => []);
  for (const { runId } of runs.filter(({ mode }) => mode === 'live')) {
    const plan = (await viewOfRun(runId).catch(() => undefined))?.plan as { service: string; kind: string } | undefined;
    if (plan?.service === service && plan.kind === kind) return { runId };
  }
  return {};
}
