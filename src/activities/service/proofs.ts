import type { Environment } from '../../config/environment.ts';
import { unprovenOf } from '../../config/unproven.ts';
import {
  baseOf,
  change,
  currentStep,
  type HealthSeen,
  named,
  read,
  redactText,
  seeHealth,
  type ServiceAnywhere,
  sentenceOf,
  short,
} from '../kit/index.ts';
import { markerOf, onlyReads } from './proof-plan.ts';
import { awaitHealth, callsOf, isWritten, makeProof, proofsOf, readProof } from './proof-run.ts';

/** What was proven of a service. */
export interface Proven {
  /** Marker of what was written; empty when nothing was. */
  id: string;
  url: string;
  /** Titles of the proofs. */
  passed: string[];
  /** What could not be taken away again. */
  leftBehind: string[];
  /** What the environment names no proof for. */
  unproven?: string;
}

/** One proof, or the health, as readiness sees it. */
export interface Tried {
  title: string;
  holds: boolean;
  detail: string;
}

/** Readiness does not wait for a reading to become good. */
const atOnceMs = 1;

/** Whether a service works, by what its owner says proves it. */
export function proofActivities(environment: Environment) {
  const changing = ({ service }: ServiceAnywhere) => proofsOf(environment, service).filter((proof) => !onlyReads(proof));
  const reading = ({ service }: ServiceAnywhere) => proofsOf(environment, service).filter(onlyReads);

  function proven(where: ServiceAnywhere, leftBehind: string[], passed: string[] = []): Proven {
    const [first] = changing(where);
    const unproven = unprovenOf(environment, where.service);
    return {
      ...{ id: first ? markerOf(first) : '', url: baseOf(environment, where), passed, leftBehind },
      ...(unproven === undefined ? {} : { unproven }),
    };
  }

  return {
    /** Asks the service whether it is well, and makes every proof of it; a repeat writes with the same markers. Its name is older than proofs. */
    proveOrder: change({
      look: async (where: ServiceAnywhere) => {
        const all = changing(where);
        const there = await Promise.all(all.map((proof) => isWritten(environment, where, proof)));
        const missing = all.filter((_, index) => !there[index]).map(({ title }) => title);
        const found = all.length === 0 ? 'no proof of it writes' : `not there yet: ${missing.join(', ') || 'nothing'}`;
        return { so: missing.length === 0, found };
      },
      predict: (where) => ({
        calls: changing(where).flatMap((proof) => callsOf(environment, where, proof)),
        result: proven(where, []),
      }),
      act: async (where): Promise<string[]> => {
        const left: string[] = [];
        for (const proof of changing(where)) left.push(...(await makeProof(environment, where, proof)));
        return left;
      },
      prove: async (where, _found, left): Promise<Proven> => {
        await awaitHealth(environment, where);
        const leftBehind = left ?? [];
        if (left === undefined) for (const proof of changing(where)) leftBehind.push(...(await readProof(environment, where, proof)));
        for (const proof of reading(where)) await makeProof(environment, where, proof);
        const health = named(environment.services, where.service, 'service').health ? ['it says that it is well'] : [];
        return proven(where, leftBehind, [...health, ...proofsOf(environment, where.service).map(({ title }) => title)]);
      },
    }),

    /** How a service is, by its health; never throws because it is not well. */
    serviceHealth: read((where: ServiceAnywhere): Promise<HealthSeen> => seeHealth(environment, where)),

    /** Makes the proofs that may be made at any time: what only reads, and what is harmless. Never throws because one does not hold. */
    tryProofs: read(async (where: ServiceAnywhere): Promise<Tried[]> => {
      const { well, detail } = await seeHealth(environment, where);
      const tried: Tried[] = [{ title: 'it says that it is well', holds: well, detail }];
      const writes = currentStep().mode === 'live';
      for (const proof of proofsOf(environment, where.service).filter((one) => onlyReads(one) || (one.harmless && writes))) {
        const { title } = proof;
        tried.push(
          await makeProof(environment, where, proof, atOnceMs).then(
            (left) => ({ title, holds: left.length === 0, detail: left.length === 0 ? 'holds' : `holds, but leaves ${left.join('; ')}` }),
            (error: unknown) => ({ title, holds: false, detail: short(redactText(sentenceOf(error)), 300) }),
          ),
        );
      }
      return tried;
    }),
  };
}
