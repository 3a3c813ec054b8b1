import type { Environment } from '../../config/environment.ts';
import { sentenceOf } from './classify-failure.ts';
import { ailsBy, unlike } from './expectation.ts';
import { request } from './http.ts';
import { named, resolved, under } from './lookup.ts';

/** A service as customers reach it, or past the load balancer of one region. */
export interface ServiceAnywhere {
  service: string;
  region?: string;
}

/** How a service is, by what its owner says it answers then. */
export interface HealthSeen {
  well: boolean;
  /** E.g. `answers 503`. */
  detail: string;
  ms: number;
  /** The address that was asked, and why when nobody named it. */
  asked: string;
  /** False when it gave no answer at all. */
  answered: boolean;
}

/** Base URL of a service. */
export function baseOf(environment: Environment, { service, region }: ServiceAnywhere): string {
  const { regions, customers } = named(environment.services, service, 'service');
  return resolved(region === undefined ? customers.url : named(regions, region, `service ${service} in the region`).url);
}

/** The address that tells whether a service is well. */
export function healthUrl(environment: Environment, where: ServiceAnywhere): string {
  return under(baseOf(environment, where), named(environment.services, where.service, 'service').health?.path ?? '');
}

/** Asks a service whether it is well. No answer throws, as any request does. */
export async function askHealth(environment: Environment, where: ServiceAnywhere): Promise<Omit<HealthSeen, 'answered'>> {
  const { health } = named(environment.services, where.service, 'service');
  const url = healthUrl(environment, where);
  const answer = await request({ url, kind: 'read', timeoutMs: health?.timeout ?? usualMs });
  const asked = health ? url : `${url}, because services.${where.service}.health is not said`;
  const wrong = health ? unlike(answer, health) : answer.status >= 500 ? `answers ${answer.status}` : undefined;
  const ails = wrong === undefined && health?.body === undefined ? ailsBy(answer) : undefined;
  const detail = wrong ?? (ails === undefined ? `answers ${answer.status}` : `answers ${answer.status}, and says "${ails}"`);
  return { well: wrong === undefined && ails === undefined, detail, ms: answer.ms, asked };
}

/** The same where no answer is an answer too. */
export async function seeHealth(environment: Environment, where: ServiceAnywhere): Promise<HealthSeen> {
  const url = healthUrl(environment, where);
  return askHealth(environment, where).then(
    (seen) => ({ ...seen, answered: true }),
    (error: unknown) => ({ well: false, detail: `does not answer: ${sentenceOf(error)}`, ms: 0, asked: url, answered: false }),
  );
}

const usualMs = 2_000;
