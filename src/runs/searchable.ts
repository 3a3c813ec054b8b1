import type { Client } from '@temporalio/client';
import { searchAttributeNames } from '../workflows/search-attributes.ts';

const known = new WeakMap<Client, Promise<boolean>>();

/** A namespace that lacks our search attributes, or does not say, never holds up a start. */
export function knowsSearchAttributes(client: Client): Promise<boolean> {
  const cached = known.get(client);
  if (cached) return cached;
  const asked = client.connection.operatorService
    .listSearchAttributes({ namespace: client.options.namespace })
    .then(({ customAttributes }) => searchAttributeNames.every((name) => customAttributes[name] !== undefined))
    .catch(() => false);
  known.set(client, asked);
  return asked;
}
