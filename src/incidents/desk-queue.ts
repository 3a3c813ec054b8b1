import { RunProblem } from '../runs/problem.ts';
import type { AlertFact } from '../workflows/incident/alerts.ts';
import type { AlertOutcome, Declaration, DeskAnswer, DeskRequest } from '../workflows/incident/commands.ts';

export type Declared = DeskAnswer['declared'][number];

/** Gathers what many callers bring at the same time, because the desk takes few requests at once but many things in each. */
export interface DeskQueue {
  /** Answers when it has its number. Throws RunProblem. */
  declare(declaration: Declaration): Promise<Declared>;
  /** Answers, in the order given, what became of each alert, when all are on the record. Throws RunProblem, 503 `Busy` when too much waits. */
  alerts(facts: readonly AlertFact[]): Promise<AlertOutcome[]>;
  /** How many declarations and alerts are not yet on the record. */
  waiting(): number;
}

export interface DeskQueueOptions {
  take: (request: DeskRequest) => Promise<DeskAnswer>;
  /** How long the first of a batch waits for others, ms. */
  gatherMs?: number;
  /** Things in one request, and their size as JSON in characters. */
  most?: number;
  mostSize?: number;
  /** Alerts are refused while so many wait. */
  mostWaiting?: number;
}

type Item = { fail: (error: unknown) => void } & (
  | { declaration: Declaration; done: (declared: Declared) => void }
  | { alert: AlertFact; size: number; done: (outcome: AlertOutcome) => void }
);

/** Makes the queue before a desk: one request at a time, people before alerts. */
export function createDeskQueue(options: DeskQueueOptions): DeskQueue {
  const { take, gatherMs = 20, most = 500, mostSize = 1_000_000, mostWaiting = 20_000 } = options;
  const people: Item[] = [];
  const alerts: Item[] = [];
  let underWay = 0;
  let working = false;

  const wake = (): void => {
    if (working) return;
    working = true;
    setTimeout(() => void work().finally(rest), gatherMs);
  };
  const rest = (): void => {
    working = false;
    if (people.length + alerts.length > 0) wake();
  };
  const work = async (): Promise<void> => {
    for (let batch = next(); batch.length > 0; batch = next()) {
      underWay = batch.length;
      await hand(batch).finally(() => (underWay = 0));
    }
  };
  const next = (): Item[] => {
    const batch = people.splice(0, most);
    let size = 0;
    while (batch.length < most && alerts[0] !== undefined) {
      size += 'size' in alerts[0] ? alerts[0].size : 0;
      if (size > mostSize && batch.length > 0) break;
      batch.push(alerts.shift()!);
    }
    return batch;
  };
  const hand = async (batch: Item[]): Promise<void> => {
    try {
      const answer = await take({
        declarations: batch.flatMap((item) => ('declaration' in item ? [item.declaration] : [])),
        alerts: batch.flatMap((item) => ('alert' in item ? [item.alert] : [])),
      });
      let [declared, taken] = [0, 0];
      for (const item of batch) {
        if ('declaration' in item) item.done(answer.declared[declared++]!);
        else item.done(answer.alerts.each[taken++]!);
      }
    } catch (error) {
      for (const item of batch) item.fail(error);
    }
  };

  return {
    declare: (declaration) =>
      new Promise((done, fail) => {
        people.push({ declaration, done, fail });
        wake();
      }),
    alerts: async (facts) => {
      if (facts.length > 0 && alerts.length + facts.length > mostWaiting && alerts.length > 0)
        throw new RunProblem(503, 'Busy', `${alerts.length} alerts wait to be recorded; send these again in a few seconds`);
      return Promise.all(
        facts.map(
          (alert) =>
            new Promise<AlertOutcome>((done, fail) => {
              alerts.push({ alert, size: JSON.stringify(alert).length, done, fail });
              wake();
            }),
        ),
      );
    },
    waiting: () => people.length + alerts.length + underWay,
  };
}
