import { createHash, randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { rigFolderNow } from '../rig-folder.ts';

/** The one service of an environment, in its one region `east`. Everything is as the environment file writes it. */
export interface OwnService {
  /** What runs it, e.g. `{ kubernetes: { … } }`, `{ compose: { … } }` or `{ host: { … } }`. */
  place: object;
  /** Base URL of the service; `/health/ready` below it answers 2xx while it is well. */
  url: string;
  /** What the two vantage points ask; `/health/ready` when left out. */
  vantageUrls?: readonly [string, string];
  /** Copies that carry the whole load; 3 when left out. */
  fullCapacity?: number;
  care?: object;
  /** More of the service, e.g. `database`, `rollback`, `delivery`, `mitigations`. */
  more?: object;
  databases?: object;
  /** Services beside it, e.g. the one that runs its database. */
  services?: object;
  /** More of the file itself, e.g. `caches`, `incidents`. */
  others?: object;
}

export interface OwnEnvironment {
  /** For `serviceEstate({ range: false, environment: file, tokens })`; it is there once it was written. */
  file: string;
  tokens: Record<string, string>;
  /** Says what is looked after; before Muster starts. */
  write(service: OwnService): void;
  remove(): void;
}

const deciders = { roles: ['responder', 'approver'], duties: ['incident-commander', 'data-owner'] };
const people = {
  sam: { name: 'Sam (on call)', roles: ['responder'], duties: [] },
  ana: { name: 'Ana (incident commander)', ...deciders },
  ben: { name: 'Ben (data owner)', ...deciders },
  you: { name: 'You', ...deciders, roles: ['responder', 'approver', 'admin'] },
  vic: { name: 'Vic (viewer)', roles: ['viewer'], duties: [] },
};

const failover = {
  targets: { rto: '60s', rpo: '5s' },
  approval: {
    ...{ duty: 'incident-commander', quorum: 2, within: '15m', expiresAfter: '1h' },
    stronger: { duty: 'data-owner', quorum: 2 },
  },
  ...{ coolDown: '1s', stageFor: '2s', watchFor: '2s' },
};
/** What the rigs' shops can: an order that nobody placed is looked up, and one is placed. */
const proofs = [
  { title: 'an order is looked up', kind: 'read', requests: [{ path: '/orders/{marker}', expect: { status: 404 } }] },
  {
    ...{ title: 'an order is placed and found again', kind: 'write' },
    requests: [
      { method: 'POST', path: '/orders', body: { id: '{marker}', item: 'proof by Muster' } },
      { path: '/orders/{marker}', expect: { status: 200 } },
    ],
  },
];
const quickProof = { watchFor: '2s' };

/** An environment file for one service on one platform, `shop` in `east`, with people who decide and their tokens. */
export function ownEnvironment(name: string): OwnEnvironment {
  const folder = rigFolderNow('own');
  const file = join(folder, 'environment.yaml');
  const tokens = Object.fromEntries(Object.keys(people).map((subject) => [subject, randomBytes(24).toString('base64url')]));
  const hashOf = (subject: string) => `sha256:${createHash('sha256').update(tokens[subject]!).digest('hex')}`;
  return {
    ...{ file, tokens },
    write: ({ place, url, vantageUrls, fullCapacity = 3, care, more, databases, services, others }) => {
      const [inside, outside] = vantageUrls ?? [`${url}/health/ready`, `${url}/health/ready`];
      const shop = {
        title: 'The shop',
        regions: { east: { ...place, url, fullCapacity } },
        vantagePoints: [
          { name: 'control room', url: inside },
          { name: 'customers at the edge', url: outside },
        ],
        customers: { url },
        proofs,
        care: { ...quickProof, ...care },
        ...more,
      };
      const environment = {
        ...{ version: 1, name, title: `The shop on ${name}`, orchestrator: { taskQueue: `muster-${name}`, region: 'elsewhere' } },
        ...{ regions: { east: {} }, services: { shop, ...services }, databases: databases ?? {}, failover },
        people: Object.entries(people).map(([subject, person]) => ({ subject, ...person, tokens: [hashOf(subject)] })),
        ...{ notify: {}, archive: { folder: 'env:MUSTER_ARCHIVE' }, ...others },
      };
      writeFileSync(file, stringify(environment));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
