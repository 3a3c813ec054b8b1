import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { Refusal } from './answers.ts';
import { account, awsRegions, type Place } from './call.ts';
import { elementText, mapElements, setElement } from './xml.ts';

/** Work on an instance takes at least this long, as AWS never answers `available` at once. */
export const settleMs = 700;

/** What the gateway knows about a database instance beside moto. */
export interface Instance {
  name: string;
  region: RegionName;
  status: string;
  /** Stays with the instance through a rename. */
  resourceId: string;
  /** Source that is shown while work is under way, whatever the estate already says. */
  shownSource?: string | undefined;
}

/** The life of the database instances: statuses over time, and descriptions that tell what really runs. */
export interface Instances {
  add(name: string, region: RegionName): Instance;
  remove(instance: Instance): void;
  /** Undefined when this region has no such instance. */
  find(name: string, place: Place): Instance | undefined;
  /** Refuses with DBInstanceNotFound, or InvalidDBInstanceState when it is not available. */
  available(name: string, place: Place): Instance;
  /** Shows a status for a while, then `available`; work on the estate goes on in the background, one after the other in each region. */
  work(instance: Instance, status: string, work?: () => Promise<void>): void;
  /** An answer of moto with the truth in every description of an instance. */
  dress(xml: string): string;
}

/** Keeps the instances of an estate; `log` hears of work that failed. */
export function createInstances(estate: Estate, log: (line: string) => void): Instances {
  const known = new Set<Instance>();
  const queues: Record<RegionName, Promise<unknown>> = { east: Promise.resolve(), west: Promise.resolve() };

  const byName = (name: string) => [...known].find((instance) => instance.name === name);
  const find: Instances['find'] = (name, place) => [...known].find((instance) => instance.name === name && instance.region === place);
  const sourceOf = (instance: Instance): string | undefined => {
    if (instance.shownSource !== undefined) return instance.shownSource;
    const state = estate.database(instance.name);
    return state?.role === 'replica' ? state.source : undefined;
  };

  const dressOne = (xml: string): string => {
    const instance = byName(elementText(xml, 'DBInstanceIdentifier') ?? '');
    if (!instance) return xml;
    const state = estate.database(instance.name);
    const reachable = state !== undefined && instance.status !== 'creating';
    const source = sourceOf(instance);
    const sourceInstance = source === undefined ? undefined : byName(source);
    const replicas = [...known].filter((other) => sourceOf(other) === instance.name);
    const members = replicas.map((other) => inside('ReadReplicaDBInstanceIdentifier', reference(other, instance.region)));
    const truth: Record<string, string | undefined> = {
      DBInstanceStatus: instance.status,
      DbiResourceId: instance.resourceId,
      Endpoint: reachable ? inside('Address', state.host) + inside('Port', String(state.port)) : undefined,
      ReadReplicaSourceDBInstanceIdentifier: sourceInstance ? reference(sourceInstance, instance.region) : source,
      ReadReplicaDBInstanceIdentifiers: members.join(''),
    };
    return Object.entries(truth).reduce((dressed, [name, inner]) => setElement(dressed, name, inner), xml);
  };

  return {
    find,
    add: (name, region) => {
      const resourceId = `db-${randomUUID().replaceAll('-', '').slice(0, 26).toUpperCase()}`;
      const instance = { name, region, status: 'available', resourceId };
      known.add(instance);
      return instance;
    },
    remove: (instance) => known.delete(instance),
    available: (name, place) => {
      const instance = find(name, place);
      if (!instance) throw new Refusal('DBInstanceNotFound', `DBInstance ${name} not found.`, 404);
      if (instance.status !== 'available') {
        throw new Refusal('InvalidDBInstanceState', `Database instance ${name} is not in available state: it is ${instance.status}.`);
      }
      return instance;
    },
    work: (instance, status, work) => {
      instance.status = status;
      const done = work ? queues[instance.region].then(work) : undefined;
      if (done) queues[instance.region] = done.catch(() => undefined);
      void Promise.allSettled([done, delay(settleMs, undefined, { ref: false })]).then(([outcome]) => {
        instance.shownSource = undefined;
        instance.status = estate.database(instance.name) ? 'available' : 'failed';
        if (outcome.status === 'rejected') log(`the database ${instance.name} failed while ${status}: ${String(outcome.reason)}`);
      });
    },
    dress: (xml) => mapElements(xml, 'DBInstance', dressOne),
  };
}

/** AWS names an instance of another region by its ARN. */
function reference(instance: Instance, seenFrom: RegionName): string {
  return instance.region === seenFrom ? instance.name : `arn:aws:rds:${awsRegions[instance.region]}:${account}:db:${instance.name}`;
}

function inside(name: string, text: string): string {
  return `<${name}>${text}</${name}>`;
}
