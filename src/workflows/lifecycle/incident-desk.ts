import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import * as workflow from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import {
  alertsSignal,
  type DeskAnswer,
  deskQuery,
  type DeskRequest,
  type DeskView,
  incidentId,
  summarySignal,
  takeLaterSignal,
  takeUpdate,
} from '../incident/commands.ts';
import type { KnownIncident } from '../incident/known.ts';
import { declare, isOpen, newDesk, renumber, takeSummary, type Desk } from '../incident/desk.ts';
import { takeAlert } from '../incident/desk-alerts.ts';
import { brokenRequest, isSummary } from '../incident/desk-check.ts';
import { pack, unpack, type DeskBook } from '../incident/desk-book.ts';

/** Temporal allows 2,000 updates in one run. */
const mostRequests = 1_000;
/** And as many children that are still running. */
const mostStarted = 1_000;
/** So many are under way at once. Temporal allows 2,000; with many starts everything else would wait. */
const atOnce = { starts: 4, signals: 200 };
const tellEveryMs = 1_000;
const breathMs = 200;

/** The desk of an environment, which never ends: numbers incidents, makes alerts of one cause one incident, and knows what there is. */
export async function incidentDesk(environment: string, book?: DeskBook): Promise<void> {
  const desk = book ? unpack(book) : newDesk(environment);
  let [requests, started, toldAt] = [0, 0, 0];

  const take = async (request: DeskRequest): Promise<DeskAnswer> => {
    requests++;
    const now = Date.now();
    const asked = request.id ?? workflow.uuid4();
    const declared = request.declarations.map((declaration) => ({
      key: declaration.key,
      incident: declare(desk, declaration, asked, now),
    }));
    const taken = request.alerts.map((fact) => takeAlert(desk, fact, now));
    // People look at theirs at once, so it must be there; a sender of alerts does not wait for 40 starts.
    const allStarted = () => declared.every(({ incident }) => incident.toStart === undefined);
    await workflow.CancellationScope.nonCancellable(() => workflow.condition(allStarted));
    return answerOf(desk, asked, declared, taken);
  };
  workflow.setHandler(takeUpdate, take, {
    validator: mustBeWhole,
    description: 'Declarations and alerts; answered when all are on the record',
  });
  workflow.setHandler(takeLaterSignal, async (request) => {
    const problem = brokenRequest(request);
    if (problem === undefined) await take(request);
    else workflow.log.warn(`the desk cannot read what it was sent: ${problem}`);
  });
  workflow.setHandler(summarySignal, (summary) => {
    if (isSummary(summary)) takeSummary(desk, summary);
  });
  workflow.setHandler(deskQuery, () => viewOf(desk));

  // Everything that the desk knows is in its run: nobody can cancel it by mistake.
  await workflow.CancellationScope.nonCancellable(async () => {
    const full = () => requests >= mostRequests || started >= mostStarted || workflow.workflowInfo().continueAsNewSuggested;
    while (!full() || hasWork(desk) || !workflow.allHandlersFinished()) {
      await workflow.condition(() => hasWork(desk) || (full() && workflow.allHandlersFinished()));
      const rest = toldAt + tellEveryMs - Date.now();
      // In a storm incidents are told of their alerts now and then, and not of each: each telling costs every one of them a step.
      if (rest > 0 && !full()) await workflow.condition(() => withoutStart(desk).length > 0, rest);
      const fresh = withoutStart(desk).slice(0, atOnce.starts);
      if (fresh.length > 0) {
        started += fresh.length;
        await Promise.all(fresh.map((incident) => begin(desk, incident)));
        // In a storm there is room between them, so that alerts are still taken at once; people never wait.
        if (withoutStart(desk).length > 0) await workflow.condition(() => withoutStart(desk).some(isDeclared), breathMs);
      } else {
        toldAt = Date.now();
        await Promise.all(
          untold(desk)
            .slice(0, atOnce.signals)
            .map((incident) => tell(desk, incident)),
        );
      }
    }
  });
  await workflow.continueAsNew<typeof incidentDesk>(environment, pack(desk));
}

function mustBeWhole(request: DeskRequest): void {
  const problem = brokenRequest(request);
  if (problem !== undefined) throw workflow.ApplicationFailure.nonRetryable(problem, Failure.InvalidInput);
}

/** People's first. */
const withoutStart = (desk: Desk): KnownIncident[] => {
  const all = [...desk.incidents.values()].filter(({ toStart }) => toStart !== undefined);
  return [...all.filter(isDeclared), ...all.filter((incident) => !isDeclared(incident))];
};
const untold = (desk: Desk): KnownIncident[] => [...desk.incidents.values()].filter(({ toTell }) => toTell.length > 0);
const isDeclared = ({ summary }: KnownIncident): boolean => summary.state !== 'proposed';
const hasWork = (desk: Desk): boolean => withoutStart(desk).length > 0 || untold(desk).length > 0;

/** Starts the workflow of a new incident, with the alerts that it has by now. */
async function begin(desk: Desk, incident: KnownIncident): Promise<void> {
  const alerts = incident.toTell.splice(0);
  const { number, environment, title } = incident.toStart!;
  try {
    await workflow.startChild('incident', {
      workflowId: incidentId(environment, number),
      args: [{ new: { ...incident.toStart!, alerts } }],
      parentClosePolicy: 'ABANDON',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${number} ${title}`.slice(0, 180),
    });
    delete incident.toStart;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // Somebody else has this number: an incident of a desk that was lost.
    incident.toTell.unshift(...alerts);
    renumber(desk, incident, Date.now());
  }
}

async function tell(desk: Desk, incident: KnownIncident): Promise<void> {
  const facts = incident.toTell.splice(0);
  const { number } = incident.summary;
  try {
    await workflow.getExternalWorkflowHandle(incidentId(desk.environment, number)).signal(alertsSignal, facts);
  } catch {
    // It is closed and gone: what its alerts do now matters to nobody.
    workflow.log.info('an incident could not be told of its alerts', { number, alerts: facts.length });
  }
}

function answerOf(
  desk: Desk,
  asked: string,
  declared: { key: string; incident: KnownIncident }[],
  taken: ReturnType<typeof takeAlert>[],
): DeskAnswer {
  const numberOf = ({ summary }: KnownIncident): string => summary.number;
  const seen = new Set<string>();
  const each = taken.map(({ what, incident }) => (incident ? { what, number: numberOf(incident) } : { what }));
  return {
    declared: declared.map(({ key, incident }) => {
      const existed = seen.has(key) || desk.declared.get(key)?.request !== asked;
      seen.add(key);
      return { key, number: numberOf(incident), existed };
    }),
    alerts: {
      opened: taken.flatMap(({ what, incident }) => (what === 'opened' ? [numberOf(incident!)] : [])),
      changed: taken.filter(({ what }) => what === 'opened' || what === 'added' || what === 'cleared').length,
      repeated: taken.filter(({ what }) => what === 'repeated').length,
      each,
    },
  };
}

function viewOf(desk: Desk): DeskView {
  const newest = [...desk.incidents.values()].reverse();
  const { taken, repeated } = desk.counts;
  const episodes = [...desk.episodes.values()].reduce((sum, of) => sum + of.length, 0);
  return {
    open: newest.filter(isOpen).map(({ summary }) => summary),
    ended: newest.filter((incident) => !isOpen(incident)).map(({ summary }) => summary),
    alerts: { taken, repeated, episodes },
  };
}
