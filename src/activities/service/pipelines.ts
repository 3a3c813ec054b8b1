import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, currentStep, failure, proof, read, request, takeReadings, until } from '../kit/index.ts';
import { pipelineOf, put, readControl, send, type Batch, type BatchState, type PipelineState } from './pipeline-control.ts';

export type { Batch, PipelineState } from './pipeline-control.ts';

type OneBatch = ServiceRegion & { batch: string };

const patience = 30_000;
const replayWithin = 50 * 60_000;

/** What brings data in: its writer, its batches, and whether the newest is fresh. */
export function pipelineActivities(environment: Environment) {
  const at = (where: ServiceRegion) => pipelineOf(environment, where);
  const turnWriter = (state: PipelineState['writer']) =>
    change({
      look: async (where: ServiceRegion) => {
        const { writer } = await readControl(at(where));
        return { so: writer === state, found: `the writer is ${writer}` };
      },
      predictAnyway: state === 'running',
      predict: (where) => ({ calls: [put(at(where), '/writer', { state })], result: { writer: state } }),
      act: (where) => send(at(where), '/writer', { state }),
      prove: (where) =>
        until(
          async () => {
            const { writer, batches } = await readControl(at(where));
            const busy = state === 'stopped' && batches.some((one) => one.state === 'working');
            return writer === state && !busy ? { is: { writer } } : { notYet: busy ? 'a batch is being written' : `it is ${writer}` };
          },
          { within: patience, what: `the writer of ${where.service} to be ${state}` },
        ),
    });

  interface Mark {
    /** What the pipeline is told. */
    says: () => { state: BatchState; replay?: string };
    /** What the batch is in the end. */
    ends: BatchState;
    within?: number;
    so(found: Batch): boolean;
    /** Simulate predicts it, whatever is there. */
    isWayBack?: boolean;
  }
  const mark = ({ says, ends, within = patience, so, isWayBack = false }: Mark) =>
    change({
      check: ({ batch }: OneBatch) => {
        if (!/^[A-Za-z0-9][\w.:-]{0,199}$/.test(batch)) throw failure(Failure.InvalidInput, `${JSON.stringify(batch)} is no batch`);
      },
      look: async (asked: OneBatch) => {
        const found = await batchOf(asked);
        return { so: so(found), found: `${asked.batch} is ${found.state}` };
      },
      predictAnyway: isWayBack,
      predict: (asked) => ({ calls: [put(at(asked), pathOf(asked), says())], result: { batch: asked.batch, state: ends } }),
      act: (asked) => send(at(asked), pathOf(asked), says()),
      prove: (asked) =>
        until(
          async () => {
            const { state, problem } = await batchOf(asked);
            if (state === ends) return { is: { batch: asked.batch, state } };
            if (state === 'failed') throw failure(Failure.Permanent, `${asked.batch} failed again: ${problem ?? 'it does not say why'}`);
            return { notYet: `it is ${state}` };
          },
          { within, what: `${asked.batch} to be ${ends}` },
        ),
    });
  const pathOf = ({ batch }: OneBatch) => `/batches/${encodeURIComponent(batch)}`;
  const batchOf = async (asked: OneBatch): Promise<Batch> => {
    const found = (await readControl(at(asked))).batches.find(({ id }) => id === asked.batch);
    if (!found) throw failure(Failure.Permanent, `the pipeline has no batch ${asked.batch}`);
    return found;
  };

  return {
    /** Writer, newest data and batches, with how old the newest may be. */
    readPipeline: read(async (where: ServiceRegion): Promise<PipelineState & { freshForMs: number }> => {
      const place = at(where);
      return { ...(await readControl(place)), freshForMs: place.freshForMs };
    }),

    /** Whether each source of the data answers. Source: iot-anomaly "Verify data source availability". */
    readSources: read((where: ServiceRegion): Promise<{ name: string; there: boolean; detail: string }[]> =>
      Promise.all(
        at(where).sources.map(async ({ name, url }) => {
          const answer = await request({ url, kind: 'read' }).catch((error: unknown) => (error as Error).message);
          return typeof answer === 'string'
            ? { name, there: false, detail: answer.slice(0, 200) }
            : { name, there: answer.ok, detail: `answered ${answer.status}` };
        }),
      ),
    ),

    /** Lets the batch in work end, and takes up no other. */
    stopWriter: turnWriter('stopped'),
    startWriter: turnWriter('running'),

    /** Sets a batch aside, whole: nothing of it is deleted. */
    quarantineBatch: mark({ says: () => ({ state: 'quarantined' }), ends: 'quarantined', so: ({ state }) => state === 'quarantined' }),

    /** Makes a batch that was set aside what it was before: failed. */
    releaseBatch: mark({ says: () => ({ state: 'failed' }), ends: 'failed', so: ({ state }) => state !== 'quarantined', isWayBack: true }),

    /** Puts a batch through again, once for one step however often it is tried, and waits until it is done. */
    replayBatch: mark({
      says: () => ({ state: 'waiting', replay: currentStep().operationId }),
      ends: 'done',
      within: replayWithin,
      so: ({ state, replay }) => state === 'done' || replay === currentStep().operationId,
    }),

    /** Reads again and again whether the newest data is fresh and none came twice; a pipeline that does not answer is a missing reading. */
    holdFresh: proof(({ forMs, everyMs, ...where }: ServiceRegion & { forMs: number; everyMs: number }) => {
      const place = at(where);
      return takeReadings(
        async () => {
          const { newest, duplicates } = await readControl(place);
          const fresh = newest !== null && Date.now() - Date.parse(newest) <= place.freshForMs;
          return {
            good: fresh && duplicates === 0,
            detail: `the newest data is of ${newest ?? 'never'}, ${duplicates} records came twice`,
          };
        },
        { forMs, everyMs },
      );
    }),
  };
}
