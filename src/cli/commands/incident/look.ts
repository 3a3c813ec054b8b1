import { Option, type Command } from 'commander';
import type { DeskView } from '../../../workflows/incident/commands.ts';
import type { IncidentSummary, IncidentView } from '../../../workflows/incident/view.ts';
import { exitCodes } from '../../exit.ts';
import { showEach, signalAfter } from '../../follow.ts';
import { example, print, table, withIncidents } from '../../output.ts';
import { incidentMarks, wordOf } from '../../../words/states.ts';
import type { ReportFormat } from '../../runs-client.ts';
import { liveIncident } from '../../view/live-incident.ts';
import { renderIncident } from '../../view/render-incident.ts';
import { wantsColor, widthOf } from '../../view/words.ts';
import { safeText } from '../../../words/safe.ts';
import { readDuration } from '../watch.ts';
import { verb } from './signals.ts';
import { whichIncident } from '../../which.ts';

/** Looking at incidents: `list`, `show`, `watch`, `report`. */
export function registerLook(incident: Command): void {
  incident
    .command('list')
    .description('list the open incidents')
    .option('-a, --all', 'those that have ended, too')
    .addHelpText('after', example('muster incident list --all', 'muster incident list -o json | jq -r .open[0].number'))
    .action((options: { all?: boolean }, command: Command) => list(options, command));
  verb(incident, 'show <incident>', 'show one: its clocks, promises, roles, runs, and what comes next', 'show INC').action(
    (number: string, _options: object, command: Command) =>
      withIncidents(command, async (incidents, { output }) => {
        const view = await incidents.view(await whichIncident(incidents, number));
        const { stdout } = process;
        print({ output }, view, () => renderIncident(view, { now: Date.now(), width: widthOf(stdout), color: wantsColor(stdout) }));
      }),
  );
  verb(incident, 'watch <incident>', 'watch one until it is closed or dismissed', 'watch INC --timeout 10m')
    .option('--timeout <duration>', 'stop watching after this, e.g. 30s, with exit code 4')
    .action((number: string, options: { timeout?: string }, command: Command) => watch(number, options, command));
  verb(incident, 'report <incident>', 'print the report of one that is resolved', 'report INC', 'report INC --format html')
    .addOption(new Option('-f, --format <format>', 'which form').choices(['md', 'html', 'json']).default('md'))
    .action((number: string, { format }: { format: ReportFormat }, command: Command) =>
      withIncidents(command, async (incidents) => {
        const text = (await incidents.report(await whichIncident(incidents, number), format)).trimEnd();
        process.stdout.write(`${process.stdout.isTTY ? safeText(text, Infinity) : text}\n`);
      }),
    );
}

function list({ all }: { all?: boolean }, command: Command): Promise<void> {
  return withIncidents(command, async (incidents, { output }) => {
    const { open, ended, alerts } = await incidents.list();
    const shown: DeskView = { open, ended: all ? ended : [], alerts };
    print({ output }, shown, () => {
      const rows = [...shown.open, ...shown.ended].map(rowOf);
      if (rows.length === 0) return all ? 'No incidents yet.' : 'No incident is open.';
      return table(['INCIDENT', 'SEVERITY', 'STATE', 'SERVICE', 'STARTED', 'UPDATES KEPT', 'TITLE'], rows);
    });
  });
}

function rowOf({ number, severity, state, service, startedAt, updates, title, drill }: IncidentSummary): string[] {
  const kept = updates.due === 0 ? '' : `${updates.kept} of ${updates.due}`;
  return [number, severity, wordOf(incidentMarks, state), service, `${startedAt.slice(0, 16)}Z`, kept, `${drill ? 'DRILL: ' : ''}${title}`];
}

async function watch(said: string, { timeout }: { timeout?: string }, command: Command): Promise<void> {
  const signal = signalAfter(timeout === undefined ? undefined : readDuration('--timeout', timeout));
  await withIncidents(command, async (incidents, { output }) => {
    const number = await whichIncident(incidents, said);
    const live = output === 'json' ? undefined : liveIncident();
    const last = await showEach<IncidentView>(incidents.follow(number, signal), signal, live);
    process.exitCode = last?.state === 'closed' || last?.state === 'dismissed' ? exitCodes.ok : exitCodes.waits;
  });
}
