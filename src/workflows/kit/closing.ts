import { allHandlersFinished, condition } from '@temporalio/workflow';
import { runMarks } from '../../words/states.ts';
import type { RunState } from '../messages.ts';
import { records } from '../tools.ts';
import { announce, settleMessages } from './comms.ts';
import { now, type Run } from './run.ts';
import { RunScope } from './scope.ts';
import { incidentHasHeard } from './tell-incident.ts';
import { tell } from './timeline.ts';

/** Ends the run in its record, and tells everybody. */
export function finish(run: Run, state: RunState, status: string): void {
  Object.assign(run.view, { state, status, endedAt: now() });
  const { word } = runMarks[state];
  tell(run, 'run', `${run.view.title} ${status} (${word})`);
  if (state === 'handedOver') announce(run, `${status}.`, ['slack']);
  else announce(run, `${status} (${word}).`, ['slack', 'pagerduty', 'statuspage'], 'resolved');
}

/** The evidence pack is written even when the run was refused, failed or was aborted. */
export async function leaveRecord(run: Run): Promise<void> {
  await settleMessages(run);
  await condition(allHandlersFinished);
  await new RunScope(run, false)
    .run(() => records.archiveRun({ view: run.view }))
    .catch((error: unknown) => {
      tell(run, 'run', `The report could not be written: ${error instanceof Error ? error.message : String(error)}`);
    });
  await incidentHasHeard(run);
}
