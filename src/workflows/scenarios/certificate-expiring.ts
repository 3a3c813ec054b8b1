import type { CertificateSeen } from '../../activities/service/index.ts';
import type { Kit } from '../kit/kit.ts';
import type { RunResult } from '../kit/runbook.ts';
import { whereOf, type Scenario } from '../plans/scenario-plan.ts';
import { see, type FirstLook } from '../procedures/care/first-look.ts';
import { offer } from '../procedures/care/offer.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { certificates } from '../tools.ts';

/**
 * A certificate is about to end, has ended, or is not taken by clients: say why in words, have it renewed by whoever the environment names,
 * and believe only what the service presents. A server that refuses, or that does not answer, is not mended by a renewal. The former
 * certificate stays with whoever renews: Muster never sees a key. Source: no runbook has it.
 */
export function certificateExpiring(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(
    plan,
    `The certificate of ${service} ends soon, or is not taken, in ${region}`,
    async (kit, seen) => {
      const certificate = await readCertificate(kit, plan);
      return certificate?.trouble === null || renew(kit, plan, seen, certificate);
    },
    {
      prove: async (kit) => {
        await proveCertificate(kit, plan);
        await proveWell(kit, plan);
      },
    },
  );
}

async function readCertificate(kit: Kit, plan: Scenario): Promise<CertificateSeen | null> {
  const read = () => certificates.readCertificate(whereOf(plan));
  const found = await see(kit, `Read the certificate that ${plan.service} presents`, read, ({ detail, trouble }) => trouble ?? detail);
  kit.keep('certificate', found);
  return found;
}

async function renew(kit: Kit, plan: Scenario, seen: FirstLook, found: CertificateSeen | null): Promise<boolean> {
  const { service, region } = plan;
  if (found?.answer !== 'presents' || !found.canRenew) return false;
  kit.phase('Renew');
  return offer(kit, plan, seen, {
    kind: 'renew',
    question: `Renew the certificate of ${service} in ${region}?`,
    because: found.trouble ?? found.detail,
    apply: () =>
      // lint-allow undo-missing: the new certificate does no harm, and whoever renews keeps the former one.
      kit.step(`Renew the certificate of ${service} in ${region}`, () =>
        certificates.renewCertificate({ ...whereOf(plan), former: found.fingerprint }),
      ),
  });
}

async function proveCertificate({ phase, watch }: Kit, plan: Scenario): Promise<void> {
  const { forMs } = plan.proof;
  phase('Prove');
  await watch(`Watch that ${plan.service} presents a certificate that lasts`, {
    read: () => certificates.holdCertificate({ ...whereOf(plan), forMs, everyMs: Math.max(500, forMs / 60) }),
    holds: ({ bad }) => bad === 0,
  });
}
