import type { Environment } from '../../config/environment.ts';
import { composeReleaseActivities } from '../compose/index.ts';
import { kubernetesActivities } from '../kubernetes/index.ts';
import { type Aws, createAws, launchTemplateActivities } from '../aws/index.ts';
import { currentStep, read, redactText, type Running, sentenceOf, short } from '../kit/index.ts';
import { recovered } from './environment.ts';
import { listOwnRuns } from '../records/index.ts';
import { runMarks, wordOf } from '../../words/states.ts';

/** Something that was changed lately, and may be the cause. */
export interface RecentChange {
  at: string;
  what: string;
  source: string;
}

const most = 30;

/** What was changed lately: most incidents begin with a change. */
export function incidentChangeActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const { describeReleases } = launchTemplateActivities(environment, aws);
  const { readRevisions } = kubernetesActivities(environment);
  const { readComposeReleases } = composeReleaseActivities(environment);

  const rolledOut = async (service: string, region: string, since: string): Promise<RecentChange[]> => {
    const place = environment.services[service]!.regions[region]!;
    const onGroup = place.autoScalingGroup === undefined ? undefined : describeReleases;
    const on = place.kubernetes ? readRevisions : place.compose ? readComposeReleases : onGroup;
    if (!on) return [];
    const { releases, rollouts }: Running = await on({ service, region });
    return rollouts
      .map((rollout) => ({ ...rollout, startedAt: new Date(rollout.startedAt).toISOString() }))
      .filter(({ startedAt }) => startedAt >= since)
      .map(({ revision, startedAt, state }) => {
        const image = releases.find((release) => release.revision === revision)?.image;
        const what = `revision ${revision}${image === undefined ? '' : ` (${image})`} was rolled out to ${region}: ${state}`;
        return { at: startedAt, what, source: `rollouts of ${service} in ${region}` };
      });
  };
  const ownRuns = async (since: string): Promise<RecentChange[]> =>
    (await listOwnRuns({ environment: environment.name, since, limit: most }))
      // Whoever asks is no cause.
      .filter(({ mode, runId }) => mode === 'live' && runId !== currentStep().runId)
      .map(({ title, state, startedAt, runId }) => ({
        at: startedAt,
        what: `${title} (${wordOf(runMarks, state)})`,
        source: `run ${runId}`,
      }));

  return {
    /** Releases of the service and runs of Muster since a time, newest first, at most 30; a source that cannot be read says so. */
    recentChanges: read(async ({ service, since }: { service: string; since: string }): Promise<RecentChange[]> => {
      const from = new Date(since).toISOString();
      const name = recovered(environment, service);
      const regions = name === undefined ? [] : Object.keys(environment.services[name]!.regions);
      const sources = [
        ...regions.map((region) => ({ source: `rollouts of ${name} in ${region}`, look: () => rolledOut(name!, region, from) })),
        { source: 'runs of Muster', look: () => ownRuns(from) },
      ];
      const found = await Promise.all(
        sources.map(({ source, look }) =>
          look().catch((error: unknown): RecentChange[] => [
            { at: new Date().toISOString(), what: `could not be read: ${short(redactText(sentenceOf(error)), 200)}`, source },
          ]),
        ),
      );
      return found
        .flat()
        .sort((a, b) => b.at.localeCompare(a.at))
        .slice(0, most);
    }),
  };
}
