import { allHandlersFinished, condition, continueAsNew, defineQuery, defineUpdate, setHandler, workflowInfo } from '@temporalio/workflow';
import type { FailureName } from '../failures.ts';

/** Of what, from where, to where: `{ of: 'shop', from: 'east', to: 'west', coolDownMs }`. */
export interface Direction {
  of: string;
  from: string;
  to: string;
  coolDownMs: number;
}

export interface Lease {
  resource: string;
  holder: string;
  title: string;
  since: string;
  /** Rises with every grant of the resource. */
  epoch: number;
}

export interface LeaseBook {
  held: Record<string, Lease>;
  epochs: Record<string, number>;
  /** When a change last went which way, by what was moved. */
  moved: Record<string, { from: string; to: string; at: string }>;
}

export interface AskForLeases {
  holder: string;
  title: string;
  /** Sorted names, e.g. `database/orders`, `traffic/shop`. */
  resources: string[];
  direction?: Direction;
}

export interface TransferLeases {
  from: string;
  to: string;
  title: string;
}

export type LeaseAnswer = { granted: true } | { granted: false; type: FailureName; message: string; holder?: string };

export const acquireUpdate = defineUpdate<LeaseAnswer, [AskForLeases]>('acquire');
export const releaseUpdate = defineUpdate<void, [{ holder: string; direction?: Direction }]>('release');
export const transferUpdate = defineUpdate<void, [TransferLeases]>('transfer');
export const leasesQuery = defineQuery<Lease[]>('leases');

/** The right to change a resource: one entity an environment, so that two runs never change one thing at once. */
export async function leases(book: LeaseBook = { held: {}, epochs: {}, moved: {} }): Promise<void> {
  setHandler(leasesQuery, () => Object.values(book.held));
  setHandler(acquireUpdate, (asked) => grant(book, asked), { description: 'All of the resources, or none and the reason' });
  setHandler(releaseUpdate, ({ holder, direction }) => {
    for (const lease of Object.values(book.held)) if (lease.holder === holder) delete book.held[lease.resource];
    if (direction) book.moved[direction.of] = { from: direction.from, to: direction.to, at: new Date().toISOString() };
  });
  setHandler(transferUpdate, ({ from, to, title }) => {
    for (const lease of Object.values(book.held)) if (lease.holder === from) Object.assign(lease, { holder: to, title });
  });
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof leases>(book);
}

function grant(book: LeaseBook, { holder, title, resources, direction }: AskForLeases): LeaseAnswer {
  const taken = resources.map((resource) => book.held[resource]).find((lease) => lease !== undefined && lease.holder !== holder);
  if (taken) {
    const message = `${taken.resource} is held by "${taken.title}" (${taken.holder}) since ${taken.since}`;
    return { granted: false, type: 'ResourceBusy', message, holder: taken.holder };
  }
  const last = direction && book.moved[direction.of];
  if (last && direction.from === last.to && direction.to === last.from) {
    const until = Date.parse(last.at) + direction.coolDownMs;
    if (Date.now() < until) {
      const message = `${direction.of} moved from ${last.from} to ${last.to} at ${last.at}; the way back is open from ${new Date(until).toISOString()}`;
      return { granted: false, type: 'CoolingDown', message };
    }
  }
  const since = new Date().toISOString();
  for (const resource of resources) {
    const epoch = (book.epochs[resource] ?? 0) + (book.held[resource] ? 0 : 1);
    book.epochs[resource] = epoch;
    book.held[resource] ??= { resource, holder, title, since, epoch };
  }
  return { granted: true };
}
