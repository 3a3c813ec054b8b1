import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import {
  baseOf,
  currentStep,
  failure,
  healthUrl,
  mustBeAllowed,
  named,
  type PredictedCall,
  runCommand,
  seeHealth,
  type ServiceAnywhere,
  sentenceOf,
  until,
  verdictOf,
} from '../kit/index.ts';
import { filledIn, findingRequest, isByMarker, markerOf, onlyReads, type Proof } from './proof-plan.ts';
import { makeRequests, send, urlOf, wrongIn } from './proof-requests.ts';

const patienceMs = 10_000;

/** The proofs of a service, as its owner names them. */
export const proofsOf = (environment: Environment, service: string): readonly Proof[] =>
  named(environment.services, service, 'service').proofs;

/** An address that customers ask and that counts for nothing: where a read begins, else where the service tells how it is. */
export function customersAsk(environment: Environment, service: string): string {
  const read = proofsOf(environment, service).find((proof) => onlyReads(proof) && proof.requests);
  if (!read) return healthUrl(environment, { service });
  return urlOf(baseOf(environment, { service }), read.requests![0]!, { marker: markerOf(read) });
}

/** Makes one proof, and answers what it could not take away again. Throws when it does not hold. */
export async function makeProof(environment: Environment, where: ServiceAnywhere, proof: Proof, patience = patienceMs): Promise<string[]> {
  const [base, marker] = [baseOf(environment, where), markerOf(proof)];
  try {
    if (proof.program) await runProgram(proof, base, marker);
    return await makeRequests({ base, patienceMs: patience }, proof, proof.requests ?? [], marker);
  } catch (error) {
    if (onlyReads(proof) || proof.harmless || findingRequest(proof) || verdictOf(error) !== 'unknown') throw error;
    // So that whoever looks for it says so too.
    currentStep().carried.unsure = true;
    throw failure(Failure.UnknownOutcome, `${unfindable(proof, marker)}: ${sentenceOf(error)}`);
  }
}

/** The reading part of a proof whose write is there already. */
export async function readProof(environment: Environment, where: ServiceAnywhere, proof: Proof): Promise<string[]> {
  const reading = (proof.requests ?? []).filter(isByMarker);
  return makeRequests({ base: baseOf(environment, where), patienceMs }, proof, reading, markerOf(proof));
}

/** Whether what a proof writes is there already. Throws UnknownOutcome when an attempt may have written what nobody can find. */
export async function isWritten(environment: Environment, where: ServiceAnywhere, proof: Proof): Promise<boolean> {
  const marker = markerOf(proof);
  const asked = findingRequest(proof);
  if (!asked) {
    if (!currentStep().carried.unsure || proof.harmless) return false;
    throw failure(Failure.UnknownOutcome, unfindable(proof, marker));
  }
  // Not throwing is safe: what has the same marker may be sent any number of times.
  return send(baseOf(environment, where), proof, asked, { marker }).then(
    (answer) => wrongIn(answer, asked, { marker }) === undefined,
    () => false,
  );
}

/** What a proof would call that is more than a look. */
export function callsOf(environment: Environment, where: ServiceAnywhere, proof: Proof): PredictedCall[] {
  const [base, values] = [baseOf(environment, where), { marker: markerOf(proof) }];
  if (proof.program) return [{ call: [proof.program.file, ...proof.program.arguments].join(' '), args: proof.program.arguments }];
  return [...(proof.requests ?? []), ...proof.cleanUp]
    .filter(({ method }) => method !== 'GET')
    .map((asked) => ({
      call: `${asked.method} ${urlOf(base, asked, values)}`,
      ...(asked.body === undefined ? {} : { args: filledIn(asked.body, values) }),
    }));
}

/** Waits a moment until a service says that it is well; throws when it does not. Not asked when nobody says how. */
export async function awaitHealth(environment: Environment, where: ServiceAnywhere): Promise<void> {
  if (!named(environment.services, where.service, 'service').health) return;
  await until(
    async () => {
      const { well, detail, asked } = await seeHealth(environment, where);
      return well ? { is: undefined } : { notYet: `${asked} ${detail}` };
    },
    { within: patienceMs, every: 1_000, what: `${where.service} to say that it is well` },
  );
}

async function runProgram({ program, kind, timeout }: Proof, url: string, marker: string): Promise<void> {
  await mustBeAllowed('program', program!);
  await runCommand({
    ...{ file: program!.file, args: program!.arguments, timeoutMs: timeout },
    kind: kind === 'read' ? 'read' : 'change',
    env: { MUSTER_URL: url, MUSTER_MARKER: marker },
  });
}

const unfindable = ({ title }: Proof, marker: string): string =>
  `it cannot be told whether "${title}" has written something marked ${marker}: no GET of it names {marker}`;
