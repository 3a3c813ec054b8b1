import { allHandlersFinished, condition, continueAsNew, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import { carryOut } from '../incident/asks.ts';
import { check } from '../incident/checks.ts';
import { dues, type Due } from '../incident/clocks.ts';
import { closingFacts } from '../incident/closing.ts';
import {
  alertsSignal,
  askSignal,
  askUpdate,
  deskId,
  incidentQuery,
  runSignal,
  summarySignal,
  type IncidentAnswer,
  type IncidentAsk,
  type NewIncident,
} from '../incident/commands.ts';
import { declare } from '../incident/decisions.ts';
import { perform } from '../incident/due-acts.ts';
import type { Life } from '../incident/life.ts';
import { lookBack, startLonger, trim } from '../incident/longer.ts';
import { giveUp, sendMessages } from '../incident/outbox.ts';
import { isLive, isOver, newRecord, now, openActions, tell } from '../incident/record.ts';
import { propose, takeAlerts, takeRun } from '../incident/taking.ts';
import type { Incident } from '../incident/view.ts';
import { summaryOf, viewOf } from '../incident/view-of.ts';
import { incidents } from '../tools.ts';
import { drillBookId, seriousIncidentSignal } from './drill-book.ts';

/** A run of the workflow hands over to the next one before its history is long. */
const mostEvents = 4_000;
/** Messages of an incident that is over are tried for so long. */
const lastTries = '1 day';

/** The life of an incident, from the first alert or the declaration until its last action item is done. */
export async function incident(begin: { new: NewIncident } | { record: Incident }): Promise<void> {
  const life: Life = { incident: {} as Incident, work: new Map(), leaving: false, ticks: 0 };
  // Signals may come before the policy has been read; they wait for the record.
  const begun = 'record' in begin ? begin.record : undefined;
  let ready = begun !== undefined;
  if (begun) Object.assign(life.incident, begun);
  handleEverything(life, () => ready);
  if ('new' in begin) {
    const { policy, people } = await incidents.incidentPolicy({});
    Object.assign(life.incident, newRecord(begin.new, policy, people));
    open(life, begin.new);
    ready = true;
  }
  const sending = sendMessages(life);
  let [told, bookTold] = ['', ''];
  for (;;) {
    // What happens from here on is seen by the wait below, also while the desk is told.
    const seen = life.ticks;
    passTime(life);
    told = await tellDesk(life.incident, told);
    bookTold = await tellBook(life.incident, bookTold);
    if (isFinished(life) || mustHandOver(life)) break;
    const next = dues(life.incident)[0];
    const somethingElse = () => life.ticks !== seen || mustHandOver(life);
    if (next === undefined) await condition(somethingElse);
    else await condition(somethingElse, Math.max(Date.parse(next.at) - Date.now(), 1));
  }
  await condition(() => life.work.size === 0);
  const more = !isFinished(life);
  if (!more) await condition(() => life.incident.messages.every(({ state }) => state !== 'waiting'), lastTries);
  life.leaving = true;
  await sending;
  if (!more) giveUp(life.incident);
  await tellDesk(life.incident, told);
  if (more) await trim(life.incident);
  await condition(allHandlersFinished);
  if (more) await continueAsNew<typeof incident>({ record: life.incident });
}

function open(life: Life, asked: NewIncident): void {
  const { incident: record } = life;
  takeAlerts(record, asked.alerts);
  if (asked.declaration) declare(record, asked.declaration.by, asked.declaration.title);
  else propose(record);
  lookBack(life);
}

/** Does everything that is due by now, and starts what follows from it. */
function passTime(life: Life): void {
  let reading = false;
  for (let due: Due | undefined; (due = dues(life.incident)[0]) && due.at <= now();) {
    reading ||= due.act.kind === 'reading';
    perform(life.incident, due);
  }
  closingFacts(life.incident);
  startLonger(life, reading);
}

function handleEverything(life: Life, ready: () => boolean): void {
  const { incident: record } = life;
  const once = (asked: IncidentAsk): IncidentAnswer => {
    const key = asked.id === undefined ? undefined : `asked/${asked.id}`;
    if (key === undefined || record.done[key] === undefined) {
      check(record, asked);
      carryOut(record, asked);
      closingFacts(record);
      if (key !== undefined) record.done[key] = now();
      life.ticks += 1;
    }
    return { state: record.state, status: record.status };
  };
  setHandler(incidentQuery, () => viewOf(record));
  const ask = async (asked: IncidentAsk) => {
    await condition(ready);
    return once(asked);
  };
  const repeated = ({ id }: IncidentAsk) => id !== undefined && record.done[`asked/${id}`] !== undefined;
  // What is refused at once leaves no trace in the history.
  setHandler(askUpdate, ask, { validator: (asked: IncidentAsk) => void (ready() && !repeated(asked) && check(record, asked)) });
  setHandler(askSignal, async (asked) => {
    await condition(ready);
    try {
      once(asked);
    } catch (error) {
      tell(record, 'message', `${asked.by} asked for ${asked.command}, which was refused: ${(error as Error).message}`, { by: asked.by });
    }
  });
  setHandler(alertsSignal, async (facts) => {
    await condition(ready);
    takeAlerts(record, facts);
    life.ticks += 1;
  });
  setHandler(runSignal, async (run) => {
    await condition(ready);
    takeRun(record, run);
    life.ticks += 1;
  });
}

const isFinished = ({ incident: record, work }: Life): boolean => isOver(record) && work.size === 0 && openActions(record).length === 0;

const mustHandOver = ({ work }: Life): boolean =>
  work.size === 0 && (workflowInfo().historyLength > mostEvents || workflowInfo().continueAsNewSuggested);

/** The desk keeps the list of incidents; it hears of what its list shows. */
async function tellDesk(record: Incident, told: string): Promise<string> {
  const { workflowId, parent } = workflowInfo();
  const summary = summaryOf(record, workflowId);
  const text = JSON.stringify(summary);
  if (text === told) return told;
  const desk = getExternalWorkflowHandle(parent?.workflowId ?? deskId(record.environment));
  await desk.signal(summarySignal, summary).catch(() => undefined);
  return text;
}

/** Exercises stop for a real incident of the severities that the policy names; their book hears of it once, and when it is over. */
async function tellBook(record: Incident, told: string): Promise<string> {
  const { environment, number, severity, title, drill, policy } = record;
  if (drill || !policy.drillsStoppedBy) return told;
  const is = isLive(record) && policy.drillsStoppedBy.includes(severity) ? `${number} ${severity} ${title}` : null;
  const news = is ?? '';
  if (news === told) return told;
  const book = getExternalWorkflowHandle(drillBookId(environment));
  // Without a book there has never been an exercise.
  await book.signal(seriousIncidentSignal, { number, is }).catch(() => undefined);
  return news;
}
