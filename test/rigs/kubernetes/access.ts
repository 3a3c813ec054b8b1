import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Parts of the cluster itself; what they ask is in no audit log. */
export const parts = ['rig:controllers', 'rig:scheduler', 'rig:kwok', 'rig:cluster'] as const;
/** People: the test's own, Muster with its role, and one who may do nothing. */
const people = ['admin', 'muster', 'viewer'] as const;
export type User = (typeof parts)[number] | (typeof people)[number];

const mayAll = (user: User) => user === 'admin' || user.startsWith('rig:');

export interface Access {
  /** File of the tokens, as the API server takes it. */
  tokens: string;
  /** Key that signs the tokens of service accounts, and its public half. */
  signingKey: string;
  publicKey: string;
  /** How the test itself, who may everything, asks the API server. */
  admin: { server: string; certificate: string; token: string };
  /** Writes a kubeconfig whose contexts are those of the users named, and answers its file. The first context is the current one. */
  kubeconfig(file: string, contexts: Readonly<Record<string, User>>): string;
}

/** Who may call the API server, with a token for everybody. */
export function makeAccess(folder: string, server: string, certificate: string): Access {
  const users = [...parts, ...people];
  const tokenOf = Object.fromEntries(users.map((user) => [user, randomBytes(24).toString('base64url')]));
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = { format: 'pem' } as const;
  return {
    tokens: write('tokens.csv', users.map((user) => `${tokenOf[user]},${user},${user}${mayAll(user) ? ',system:masters' : ''}\n`).join('')),
    signingKey: write('accounts.key', privateKey.export({ type: 'pkcs8', ...pem }) as string),
    publicKey: write('accounts.pub', publicKey.export({ type: 'spki', ...pem }) as string),
    admin: { server, certificate, token: tokenOf['admin']! },
    kubeconfig: (file, contexts) => {
      const cluster = Object.keys(contexts)[0]!;
      const config = {
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': cluster },
        clusters: [{ name: cluster, cluster: { server, 'certificate-authority': certificate } }],
        users: Object.entries(contexts).map(([name, user]) => ({ name, user: { token: tokenOf[user] } })),
        contexts: Object.keys(contexts).map((name) => ({ name, context: { cluster, user: name } })),
      };
      return write(file, stringify(config));
    },
  };
}
