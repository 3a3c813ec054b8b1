import { readFile } from 'node:fs/promises';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import {
  bearer,
  change,
  currentStep,
  failure,
  inRegion,
  named,
  needed,
  proof,
  read,
  requestGood,
  resolved,
  runCommand,
  sentenceOf,
  takeReadings,
  until,
} from '../kit/index.ts';
import { lookAt, type TlsAnswer } from './tls-look.ts';

/** The certificate of a service as it is seen from the worker. */
export interface CertificateSeen {
  answer: TlsAnswer['answer'];
  /** Tells one certificate from another; null when none is presented. */
  fingerprint: string | null;
  /** In a sentence. */
  detail: string;
  /** Why it must be renewed; null when it is as it should be. */
  trouble: string | null;
  /** The environment says who renews it. */
  canRenew: boolean;
}

type OneRenewal = ServiceRegion & { former: string | null };

const day = 86_400_000;

/** The certificate that a service presents to its customers, and its renewal by whoever the environment names. */
export function certificateActivities(environment: Environment) {
  const placeOf = ({ service, region }: ServiceRegion) => {
    const { certificate, regions } = named(environment.services, service, 'service');
    named(regions, region, `region of ${service}`);
    const described = needed(certificate, `a certificate of ${service}`);
    const here = (text: string) => inRegion(resolved(text), region);
    return { ...described, here, at: addressOf(here(described.url)) };
  };
  const see = async (where: ServiceRegion): Promise<CertificateSeen> => {
    const { at, authority, renewBefore, renew } = placeOf(where);
    const answer = await lookAt(at, authority === undefined ? undefined : await pemOf(authority));
    const canRenew = renew !== undefined;
    if (answer.answer !== 'presents') {
      const detail = `${at.host}: ${answer.detail}`;
      return { answer: answer.answer, fingerprint: null, detail, trouble: detail, canRenew };
    }
    const { fingerprint, issuer, names, until: end, problem } = answer.presented;
    const left = end - Date.now();
    const detail = `of ${issuer} for ${names.join(', ') || 'no name'}, ${left > 0 ? `${sayLeft(left)} left` : 'which has ended'}`;
    const soon = left < renewBefore ? `it ends in ${sayLeft(left)}, at ${new Date(end).toISOString()}` : null;
    return { answer: 'presents', fingerprint, detail, trouble: problem ?? soon, canRenew };
  };
  const hookOf = (where: ServiceRegion) => {
    const { at, here, renew, within } = placeOf(where);
    const hook = needed(renew, `who renews the certificate of ${where.service}`);
    const host = at.hostname;
    if (hook.by === 'http') {
      const url = here(hook.url);
      const ask = (operation: string) =>
        requestGood({ method: 'POST', url, headers: bearer(hook.token), body: { host, operation }, kind: 'change', timeoutMs: within });
      return { call: { call: `POST ${url}`, args: { host } }, ask, within };
    }
    const args = hook.arguments.map((text) => text.replaceAll('{host}', host).replaceAll('{region}', where.region));
    const ask = (operation: string) =>
      runCommand({ file: hook.program, args, kind: 'change', timeoutMs: within, env: { MUSTER_OPERATION: operation } });
    return { call: { call: [hook.program, ...args].join(' ') }, ask, within };
  };

  return {
    /** What it presents, how long that lasts, and whether clients take it. */
    readCertificate: read(see),

    /** Has it renewed, once, and waits until another certificate is presented, which lasts and covers the host. */
    renewCertificate: change({
      look: async (asked: OneRenewal) => {
        const seen = await see(asked);
        return { so: isNew(seen, asked) && seen.trouble === null, found: seen.detail, seen };
      },
      predict: (asked, { seen }) => ({ calls: [hookOf(asked).call], result: seen }),
      act: (asked): Promise<unknown> => hookOf(asked).ask(currentStep().operationId),
      prove: (asked) =>
        until(
          async () => {
            const seen = await see(asked);
            if (!isNew(seen, asked)) return { notYet: `it presents one ${seen.detail}` };
            if (seen.trouble === null) return { is: seen };
            throw failure(Failure.Permanent, `the new certificate is no better: ${seen.trouble}`);
          },
          { within: hookOf(asked).within, what: `${asked.service} to present a new certificate` },
        ),
    }),

    /** Looks again and again, as new clients do: behind one name there may be servers that still have the former one. */
    holdCertificate: proof(({ forMs, everyMs, ...where }: ServiceRegion & { forMs: number; everyMs: number }) =>
      takeReadings(
        async () => {
          const { trouble, detail } = await see(where);
          return { good: trouble === null, detail: trouble ?? detail };
        },
        { forMs, everyMs },
      ),
    ),
  };
}

const isNew = ({ fingerprint }: CertificateSeen, { former }: OneRenewal): boolean => fingerprint !== null && fingerprint !== former;

const sayLeft = (ms: number): string =>
  ms >= 2 * day ? `${Math.floor(ms / day)} days` : `${Math.max(0, Math.floor(ms / 3_600_000))} hours`;

function addressOf(text: string): URL {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return new URL(text);
  throw failure(Failure.InvalidInput, `a certificate is presented at an address such as https://shop.example.com, not at ${text}`);
}

const pemOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw failure(Failure.InvalidInput, `the authority ${file} cannot be read: ${sentenceOf(error)}`);
  });
