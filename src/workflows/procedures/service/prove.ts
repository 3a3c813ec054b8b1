import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { ProofTools, Proven } from '../../../activities/service/index.ts';
import { fact } from '../../facts/facts.ts';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import { proofFacts } from '../../facts/proof-facts.ts';
import type { Fact } from '../../messages.ts';
import type { ApprovalPolicy } from '../../plans/plan.ts';
import { alive, probes, wellness } from '../../tools.ts';
import { gateOf } from '../approval.ts';

// What nobody expects to hold is tried, and what protects the service does not wait for it.
const once = proxyActivities<Pick<ProofTools, 'proveOrder'>>({ ...alive, startToCloseTimeout: '40s', retry: { maximumAttempts: 1 } });

/** What is proven, and whom to ask about what is not; plans of the past have no policy where everything was proven. */
export interface Proving {
  service: string;
  approval?: ApprovalPolicy;
}

interface How {
  /** Past the load balancer of this region; as customers come when left out. */
  region?: string;
  sentence?: string;
  /** This run cannot mend what it does not see: a proof that does not hold is told, and what comes after it is done all the same. */
  goesOn?: boolean;
}

/** Proves a service by what its owner says proves it. Where nothing proves a write a person is asked, and the run goes on unless he has seen it fail. True when it is proven or seen. */
export async function proveService(
  kit: Kit,
  { service, approval }: Proving,
  { region, sentence, goesOn = false }: How = {},
): Promise<boolean> {
  const where = { service, ...(region === undefined ? {} : { region }) };
  let proven: Proven | undefined;
  await kit.step(
    sentence ?? `Prove a write and a read ${region === undefined ? 'as a customer' : `in ${region}`}`,
    async () => {
      proven = await (goesOn ? once : probes).proveOrder(where);
      return sayProven(proven);
    },
    { goesOn },
  );
  const { unproven } = proven ?? {};
  if (unproven === undefined || !approval) return proven !== undefined;
  const question = `Nothing proves a write in ${service}: has somebody seen that it works${region === undefined ? '' : ` in ${region}`}?`;
  for (;;) {
    const facts = async () => [...proofFacts({ service, unproven }), await healthFact(where)];
    const answer = await kit.ask(question, gateOf(approval, facts, { quorum: 1, noted: true }));
    kit.keep('proof', { unproven, answer });
    if (answer !== 'declined' || !(await mended(kit, service))) return answer === 'approved';
  }
}

async function healthFact(where: { service: string; region?: string }): Promise<Fact> {
  const seen = await wellness.serviceHealth(where).catch(() => undefined);
  return fact.words('health', `how ${where.service} answers now`, seen?.detail ?? null, seen?.asked ?? where.service, {
    informational: true,
    verdict: seen === undefined ? 'unknown' : seen.well ? 'good' : 'bad',
  });
}

/** Somebody has seen that it does not work: true when it is to be looked at again, false when a person leaves it so. */
async function mended({ check }: Kit, service: string): Promise<boolean> {
  let tries = 0;
  await check(`Wait until ${service} works`, async () => {
    tries += 1;
    if (tries === 1) throw ApplicationFailure.nonRetryable(`somebody has seen that ${service} does not work`, Failure.DoesNotHold);
    return 'it is asked again';
  });
  return tries > 1;
}

function sayProven({ passed = [], leftBehind = [] }: Partial<Proven> = {}): string | undefined {
  if (passed.length === 0) return undefined;
  return `${passed.join('; ')}${leftBehind.length === 0 ? '' : `; what stays: ${leftBehind.join('; ')}`}`;
}
