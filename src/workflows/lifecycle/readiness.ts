import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { LookScope } from '../kit/scope.ts';
import { newBook, restMs, viewOf, type ReadinessBook } from '../readiness/book.ts';
import { announceSignal, evaluateSignal, readinessQuery } from '../readiness/commands.ts';
import { lookAt } from '../readiness/look.ts';
import { tellPeople } from '../readiness/tell.ts';
import type { WatchList } from '../readiness/watch-list.ts';

/**
 * How ready the recovery plans of an environment are: looked at when anything changes, when asked, and every half an hour. Changes nothing.
 * A run of the workflow takes one look: while it waits it has done nothing yet that a build with other checks would do otherwise.
 */
export async function readiness(list: WatchList, begun?: ReadinessBook): Promise<void> {
  const book = begun ?? newBook(list);
  setHandler(readinessQuery, () => viewOf(book));
  setHandler(announceSignal, (announced) => {
    if (announced.digest === book.list.digest) return;
    book.list = announced;
    book.wanted = 'the environment file or the build has changed';
  });
  setHandler(evaluateSignal, ({ because }) => {
    book.wanted = because;
  });
  await condition(() => book.wanted !== undefined, restOf(book));
  await look(book);
  await tellPeople(book);
  book.nextAt = new Date(Date.now() + restMs(book)).toISOString();
  await condition(allHandlersFinished);
  await continueAsNew<typeof readiness>(book.list, book);
}

async function look(book: ReadinessBook): Promise<void> {
  const { list, wanted = 'its time had come' } = book;
  const { workflowId } = workflowInfo();
  delete book.wanted;
  book.nextAt = null;
  book.because = wanted;
  const owner = {
    request: { environment: list.environment, mode: 'simulate' as const, requestedBy: 'muster' },
    view: { runId: workflowId, title: `Readiness: ${wanted}` },
  };
  book.plans = await new LookScope(owner).run(() => lookAt(list, book.plans));
  book.evaluation += 1;
  book.at = new Date().toISOString();
}

/** Ms until the next look; a new run of the workflow waits on where the one before has stopped. */
const restOf = ({ nextAt }: ReadinessBook): number => (nextAt === null ? 1 : Math.max(1, Date.parse(nextAt) - Date.now()));
