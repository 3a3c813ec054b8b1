import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions, type ClientConnectConfig } from '@temporalio/envconfig';

export { startEmbeddedTemporal, type EmbeddedTemporal } from './embedded-temporal.ts';

/** A Temporal server that somebody has configured; `connectionOptions` fit `Connection` and `NativeConnection` alike. */
export interface TemporalTarget {
  address: string;
  namespace: string;
  connectionOptions: ClientConnectConfig['connectionOptions'];
}

/**
 * Finds Temporal by TEMPORAL_* variables or the profile of `temporal.toml`; nothing configured means the embedded server.
 * Throws when the configuration is half, or would send an API key in clear.
 */
export function resolveTemporal(env: NodeJS.ProcessEnv = process.env): TemporalTarget | 'embedded' {
  const file = env['TEMPORAL_CONFIG_FILE'];
  // The library takes a missing file for an empty one and would go to localhost.
  if (file !== undefined && !existsSync(file)) throw new Error(`TEMPORAL_CONFIG_FILE names ${file}, which does not exist`);
  const variables = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const profile = loadClientConfigProfile({ overrideEnvVars: variables });
  if (profile.apiKey !== undefined && profile.tls?.disabled === true) {
    throw new Error('Temporal is configured with an API key and TLS off, which would send the key in clear: remove TEMPORAL_TLS=false');
  }
  if (profile.address === undefined) {
    if (profile.apiKey === undefined && profile.tls === undefined && profile.namespace === undefined) return 'embedded';
    throw new Error('Temporal is configured without its address: set TEMPORAL_ADDRESS, e.g. temporal.example.com:7233');
  }
  return {
    address: profile.address,
    namespace: profile.namespace ?? 'default',
    connectionOptions: toClientOptions(profile).connectionOptions,
  };
}

/** An open connection with a client for it; `close` ends it. */
export interface TemporalConnection {
  address: string;
  namespace: string;
  connection: Connection;
  client: Client;
  close(): Promise<void>;
}

/** Connects a client to the configured Temporal. Throws when none is configured or it does not answer within `timeoutMs`. */
export async function connectTemporal(target = resolveTemporal(), timeoutMs = 10_000): Promise<TemporalConnection> {
  if (target === 'embedded')
    throw new Error('no Temporal is configured and none runs here: start one with ./muster up, or set TEMPORAL_ADDRESS');
  const { address, namespace, connectionOptions } = target;
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: timeoutMs }).catch((cause: unknown) => {
    throw new Error(`Temporal does not answer at ${address}`, { cause });
  });
  return { address, namespace, connection, client: new Client({ connection, namespace }), close: () => connection.close() };
}
