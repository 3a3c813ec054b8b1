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
  has(instance: Instance): boolean;
  in(region: RegionName): Instance[];
  /** Undefined when this region has no such instance. */
  find(name: string, place: Place): Instance | undefined;
  /** The instance that a call names as its source, by name or resource id; refuses with DBInstanceNotFound. */
  source(form: URLSearchParams, place: Place): Instance;
  /** Refuses a name that a new instance cannot have. */
  mustBeFree(name: string, place: Place): void;
  /** Refuses with DBInstanceNotFound, or InvalidDBInstanceState when it is not available. */
  available(name: string, place: Place): Instance;
  /** Shows a status for a while, then `available` or another; work on the estate goes on in the background, one after the other in each region. */
  work(instance: Instance, status: string, work?: () => Promise<void>, then?: string): void;
  /** Takes its turn among the region's work without showing it. */
  quietly(instance: Instance, work: () => Promise<void>): Promise<void>;
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
    const window = Number(elementText(xml, 'BackupRetentionPeriod')) > 0 ? estate.restoreWindow(instance.name) : undefined;
    const members = replicas.map((other) => inside('ReadReplicaDBInstanceIdentifier', reference(other, instance.region)));
    const truth: Record<string, string | undefined> = {
      DBInstanceStatus: instance.status,
      DbiResourceId: instance.resourceId,
      Endpoint: reachable ? inside('Address', state.host) + inside('Port', String(state.port)) : undefined,
      ReadReplicaSourceDBInstanceIdentifier: sourceInstance ? reference(sourceInstance, instance.region) : source,
      ReadReplicaDBInstanceIdentifiers: members.join(''),
      LatestRestorableTime: window?.latest.toISOString(),
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
    has: (instance) => known.has(instance),
    in: (region) => [...known].filter((instance) => instance.region === region),
    source: (form, place) => {
      const [name, id] = [form.get('SourceDBInstanceIdentifier'), form.get('SourceDbiResourceId')];
      const found = [...known].find((one) => one.region === place && (name === null ? one.resourceId === id : one.name === name));
      if (found) return found;
      throw new Refusal('DBInstanceNotFound', `DBInstance ${name ?? id ?? ''} not found.`, 404);
    },
    mustBeFree: (name, place) => {
      if (find(name, place)) throw new Refusal('DBInstanceAlreadyExists', 'DB instance already exists');
      if (!/^[a-z](-?[a-z0-9])*$/.test(name) || name.length > 63) {
        throw new Refusal(
          'InvalidParameterValue',
          `${name} is not a valid identifier: small letters, digits and single hyphens, at most 63.`,
        );
      }
      if (byName(name)) throw new Refusal('InvalidParameterValue', `The practice range has a ${name} in its other region.`);
    },
    available: (name, place) => {
      const instance = find(name, place);
      if (!instance) throw new Refusal('DBInstanceNotFound', `DBInstance ${name} not found.`, 404);
      if (instance.status !== 'available') {
        throw new Refusal('InvalidDBInstanceState', `Database instance ${name} is not in available state: it is ${instance.status}.`);
      }
      return instance;
    },
    work: (instance, status, work, then = 'available') => {
      instance.status = status;
      const done = work ? queues[instance.region].then(work) : undefined;
      if (done) queues[instance.region] = done.catch(() => undefined);
      void Promise.allSettled([done, delay(settleMs, undefined, { ref: false })]).then(([outcome]) => {
        instance.shownSource = undefined;
        instance.status = estate.database(instance.name) ? then : 'failed';
        if (outcome.status === 'rejected') log(`the database ${instance.name} failed while ${status}: ${String(outcome.reason)}`);
      });
    },
    quietly: (instance, work) => {
      const done = queues[instance.region].then(work);
      queues[instance.region] = done.catch(() => undefined);
      return done;
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
