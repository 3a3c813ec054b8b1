import { WorkflowNotFoundError } from '@temporalio/client';
import type { Environment } from '../../config/environment.ts';
import type { Lease } from '../../workflows/lifecycle/leases.ts';
import type { Practice } from '../../workflows/readiness/view.ts';
import type { Program } from '../../workflows/readiness/watch-list.ts';
import { deliverySwitch, holderOf, mitigationActivities, type MitigationKind } from '../service/index.ts';
import { asked, isOpen, leasesWorkflowId, ourClient } from '../records/index.ts';
import { type Aws, createAws } from '../aws/index.ts';
import {
  named,
  programVersion,
  type ProgramVersion,
  read,
  redactText,
  requestGood,
  resolved,
  resolvedSecret,
  sentenceOf,
  short,
  under,
} from '../kit/index.ts';
import { answersFor } from '../incident/index.ts';
import { archivedPractice, recentPractice } from './practices.ts';
import { goodSlack } from '../messages/index.ts';

export type { ProgramVersion } from '../kit/index.ts';

/** A lease, and whether the run that holds it is still open. */
export interface HeldLease extends Lease {
  open: boolean;
}

/** What is in force on a service: a delivery that is paused, or a mitigation. */
export interface Held {
  kind: 'frozen-delivery' | 'mitigation';
  /** E.g. `deliveries of shop to east`. */
  what: string;
  detail: string;
  /** A run answers for it that has not ended. */
  open: boolean;
  /** Nobody knows whether it is so. */
  unread?: boolean;
}

const leasesMs = 5_000;

/** What only readiness asks; it looks, and nothing else. */
export function readinessActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const { slack } = environment.notify;
  const { readMitigation } = mitigationActivities(environment, aws);

  const heldDelivery = async (service: string, region: string): Promise<Held[]> => {
    const { paused } = await deliverySwitch(environment, { service, region }).read();
    if (!paused) return [];
    const holder = await holderOf(environment, { service, region });
    const ended = holder?.open === false ? ', which has ended' : '';
    const detail = holder === undefined ? 'paused, by no run of Muster' : `paused by ${holder.runId}${ended}`;
    return [{ kind: 'frozen-delivery', what: deliveries(service, region), detail, open: holder?.open === true }];
  };
  const heldMitigation = async (service: string, kind: MitigationKind): Promise<Held[]> => {
    const { on, detail } = await readMitigation({ service, kind });
    if (!on) return [];
    const { runId } = await answersFor(environment, service, kind);
    return [{ kind: 'mitigation', what: `${kind} of ${service}`, detail, open: runId !== undefined && (await isOpen(runId)) }];
  };

  return {
    /** Whether Slack knows our token, by its own `auth.test`. Never throws because it does not answer. */
    chatAnswers: read(async (_asked: object): Promise<{ answers: boolean; detail: string }> => {
      if (!slack) return { answers: false, detail: 'the environment has no Slack' };
      try {
        const headers = { authorization: `Bearer ${resolvedSecret(slack.token)}` };
        goodSlack(await requestGood({ url: under(resolved(slack.url), '/auth.test'), headers, kind: 'read', timeoutMs: 4_000 }));
        return { answers: true, detail: 'it answers, and knows our token' };
      } catch (error) {
        return { answers: false, detail: short(redactText(sentenceOf(error)), 300) };
      }
    }),

    /** What is there of the programs that a plan runs on this machine. */
    programVersions: read(({ programs }: { programs: Program[] }): Promise<ProgramVersion[]> => Promise.all(programs.map(programVersion))),

    /** Every lease of the environment; none where nothing ever took one. */
    heldLeases: read(async (_asked: object): Promise<HeldLease[]> => {
      const leases = await readLeases(environment.name);
      return Promise.all(leases.map(async (lease) => ({ ...lease, open: await isOpen(lease.holder) })));
    }),

    /** Deliveries to these regions that are paused and mitigations that are in force, and what of that cannot be read. */
    heldOn: read(async ({ service, regions }: { service: string; regions: string[] }): Promise<Held[]> => {
      const { mitigations = {}, delivery, regions: places } = named(environment.services, service, 'service');
      const held = delivery ? regions.filter((region) => Object.hasOwn(places, region)) : [];
      const looks = [
        ...held.map((region) => orUnread('frozen-delivery', deliveries(service, region), heldDelivery(service, region))),
        ...Object.keys(mitigations).map((kind) =>
          orUnread('mitigation', `${kind} of ${service}`, heldMitigation(service, kind as MitigationKind)),
        ),
      ];
      return (await Promise.all(looks)).flat();
    }),

    /** When each of these runbooks was last done here and ended well: by Temporal, or by the archive for what Temporal has forgotten. */
    lastPractices: read(async ({ runbooks }: { runbooks: string[] }): Promise<Record<string, Practice | null>> => {
      const practiceOf = async (runbook: string): Promise<Practice | null> => {
        const recent = await recentPractice(environment, runbook).catch(() => undefined);
        return recent ?? (await archivedPractice(environment, runbook)) ?? null;
      };
      return Object.fromEntries(await Promise.all(runbooks.map(async (runbook) => [runbook, await practiceOf(runbook)] as const)));
    }),
  };
}

const deliveries = (service: string, region: string): string => `deliveries of ${service} to ${region}`;

const orUnread = (kind: Held['kind'], what: string, look: Promise<Held[]>): Promise<Held[]> =>
  look.catch((error: unknown) => [{ kind, what, detail: short(redactText(sentenceOf(error)), 300), open: false, unread: true }]);

function readLeases(environment: string): Promise<Lease[]> {
  const client = ourClient();
  const query = () =>
    client.withDeadline(Date.now() + leasesMs, () => client.workflow.getHandle(leasesWorkflowId(environment)).query<Lease[]>('leases'));
  return asked(() =>
    query().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return [];
      throw error;
    }),
  );
}
