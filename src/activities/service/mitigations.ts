import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, createAws } from '../aws/index.ts';
import { change, failure, named, needed, proof, read, until } from '../kit/index.ts';
import { capacityMitigation } from './mitigation-capacity.ts';
import { databaseMitigation } from './mitigation-database.ts';
import { httpMitigation } from './mitigation-http.ts';
import { customersAsk } from './proof-run.ts';
import type { Former, Mitigation, MitigationReading } from './mitigation.ts';

export type { Former, MitigationReading } from './mitigation.ts';

export type MitigationKind = 'maintenance-page' | 'read-only' | 'rate-limit' | 'scaled-down-writers';

export interface AskedMitigation {
  service: string;
  kind: MitigationKind;
  /** Requests a second, or instances. */
  value?: number;
  /** How it was before; what the way back restores. */
  former?: Former;
}

const patience = 5 * 60_000;
const seenWithin = 30_000;

/** Measures that relieve a service for a while: each is turned on, is seen by customers, and is taken back. */
export function mitigationActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const find = (asked: AskedMitigation) => mitigationOf(environment, aws, asked);
  const isAsAsked = (asked: AskedMitigation, on: boolean, now: MitigationReading) =>
    on ? now.on && (asked.value === undefined || now.value === asked.value) : now.off;
  const turn = (on: boolean) =>
    change({
      look: async (asked: AskedMitigation) => {
        const mitigation = find(asked);
        const now = await mitigation.read();
        return { so: isAsAsked(asked, on, now), found: now.detail, mitigation, now };
      },
      // What is taken back was put there by a step before, which simulate did not do.
      predictAnyway: !on,
      predict: (_asked, { mitigation, now }) => ({ calls: mitigation.calls(on, now), result: { on } }),
      refuse: (_asked, { mitigation, now }) => mitigation.refuse?.(on, now),
      act: (_asked, { mitigation, now }) => mitigation.turn(on, now),
      prove: async (asked, { mitigation, now: before }, answer) => {
        await mitigation.prove?.(on, before, answer);
        return until(
          async () => {
            const now = await mitigation.read();
            return isAsAsked(asked, on, now) ? { is: { on } } : { notYet: now.detail };
          },
          { within: patience, what: `the ${asked.kind} of ${asked.service} to be ${on ? 'on' : 'off'}` },
        );
      },
    });

  return {
    readMitigation: read((asked: AskedMitigation): Promise<MitigationReading> => find(asked).read()),

    applyMitigation: turn(true),
    revertMitigation: turn(false),

    /** Waits until customers see it, or see no more of it; past the switch, which may be read by nobody. */
    seeMitigation: proof(({ on, ...asked }: AskedMitigation & { on: boolean }) =>
      until(() => find(asked).seen(on), {
        within: seenWithin,
        what: `customers of ${asked.service} to ${on ? 'see' : 'see no more of'} the ${asked.kind}`,
      }),
    ),
  };
}

function mitigationOf(environment: Environment, aws: Aws, { service, kind, value, former }: AskedMitigation): Mitigation {
  const { mitigations = {}, database } = named(environment.services, service, 'service');
  const entry = mitigations[kind];
  if (!entry) throw failure(Failure.InvalidInput, `the environment does not say how ${service} gets a ${kind}`);
  if (entry.by === 'database') return databaseMitigation(environment, needed(database, `the database of ${service}`), former);
  if (entry.by === 'capacity') return capacityMitigation(environment, aws, { service, to: value ?? entry.to, former });
  const edge = { page: customersAsk(environment, service), value: value ?? null };
  return httpMitigation(kind === 'rate-limit' ? 'rate-limit' : 'maintenance-page', entry, edge);
}
