import type { Environment } from './schema.ts';

/** Why nobody knows what a service answers when it is well; undefined when its owner has said it. */
export function unaskedOf({ services }: Environment, service: string): string | undefined {
  return services[service]?.health === undefined ? `services.${service}.health is not said` : undefined;
}

/** What nothing in the environment proves of a service; undefined when a write is proven. */
export function unprovenOf({ services }: Environment, service: string): string | undefined {
  const { proofs = [] } = services[service] ?? {};
  if (proofs.some(({ kind }) => kind === 'write' || kind === 'journey')) return undefined;
  return `nothing proves a write in ${service}: services.${service}.proofs names none`;
}
