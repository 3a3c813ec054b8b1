import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Leftover } from '../../workflows/incident/view.ts';
import { deliverySwitch, type Holder, holderOf, pausedRegions } from '../service/index.ts';
import { type Aws, createAws } from '../aws/index.ts';
import { change, failure, read, until } from '../kit/index.ts';
import { recovered } from './environment.ts';
import { heldDeliveries, looked, mitigationsOn, openRuns } from './what-is-left.ts';

const patience = 30_000;

/** What an incident leaves behind, and letting go on what its runs have frozen. */
export function incidentLeftoverActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const switchOf = (service: string, region: string) => deliverySwitch(environment, { service, region });
  const known = (service: string): string => {
    const name = recovered(environment, service);
    if (name !== undefined) return name;
    throw failure(Failure.InvalidInput, `${service} is no service that Muster can look after here`);
  };

  return {
    /** Mitigations in force, deliveries on hold and open runs; never throws, since what could not be looked for is listed too. */
    findLeftovers: read(async ({ number, services }: { number: string; services: string[] }): Promise<Leftover[]> => {
      const names = [...new Set(services.flatMap((service) => recovered(environment, service) ?? []))];
      const found = await Promise.all([
        ...names.map((service) => mitigationsOn(environment, aws, service)),
        ...names.map((service) =>
          looked('frozen-delivery', `deliveries of ${service}`, { service }, () => heldDeliveries(environment, service)),
        ),
        looked('open-run', `open runs of ${number}`, {}, () => openRuns(environment, number)),
      ]);
      return found.flat();
    }),

    /** Lets the deliveries of a service go on that a run of Muster holds. What a person has paused stays, and so does what an open run holds. */
    unfreeze: change({
      look: async ({ service }: { service: string }) => {
        const name = known(service);
        const paused = await pausedRegions(environment, name);
        const found = paused.length === 0 ? `no delivery of ${name} is on hold` : `on hold: ${paused.join(', ')}`;
        return { so: paused.length === 0, found, name, paused };
      },
      predict: (_asked, { name, paused }) => ({
        calls: paused.map((region) => switchOf(name, region).predict(false)),
        result: { resumed: paused },
      }),
      refuse: async (_asked, { name, paused }) => {
        for (const region of paused)
          refuseUnlessOurs(`deliveries of ${name} to ${region}`, await holderOf(environment, { service: name, region }));
      },
      act: async (_asked, { name, paused }) => {
        for (const region of paused) await switchOf(name, region).set(false);
      },
      prove: (_asked, { name, paused }) =>
        until(
          async () => {
            const still = await pausedRegions(environment, name);
            return still.length === 0 ? { is: { resumed: paused } } : { notYet: `on hold: ${still.join(', ')}` };
          },
          { within: patience, what: `deliveries of ${name} to go on` },
        ),
    }),
  };
}

function refuseUnlessOurs(what: string, holder: Holder | undefined): void {
  if (holder?.open) throw failure(Failure.RefusedBySafetyRule, `the run ${holder.runId} is open and holds ${what}: decide there`);
  if (!holder) throw failure(Failure.RefusedBySafetyRule, `no run of Muster holds ${what}: whoever paused them lets them go on`);
}
