import type { Command } from 'commander';
import type { ActionItem } from '../../../workflows/incident/view.ts';
import { CliError, exitCodes } from '../../exit.ts';
import type { IncidentsClient } from '../../incidents-client.ts';
import { readDue } from '../../moments.ts';
import { example, print, table, withIncidents } from '../../output.ts';
import { verb } from './signals.ts';
import { whichIncident } from '../../which.ts';
import { tell } from './tell.ts';

interface ActionOptions {
  owner?: string;
  due?: string;
  done?: string;
}

/** What follows an incident: reviews, action items, and the checklist that it is closed by. */
export function registerAfter(incident: Command): void {
  verb(incident, 'review <incident> <review>', 'check a review off', 'review INC formal --notes "the runbook lacked a step"')
    .requiredOption('--notes <text>', 'what came of it')
    .action((number: string, review: string, { notes }: { notes: string }, command: Command) =>
      tell(command, number, 'review', { review, notes }),
    );
  verb(
    incident,
    'action <incident> [text]',
    'add an action item with its owner and due date, or say that one is done',
    ...['action INC "Alert on full disks" --owner ana --due 14d', 'action INC --done a1'],
  )
    .option('--owner <subject>', 'who does it')
    .option('--due <time>', 'until when: 14d (from now), 2026-04-01 or ISO')
    .option('--done <item>', 'the item that is done, e.g. a1')
    .action((number: string, text: string | undefined, options: ActionOptions, command: Command) =>
      tell(command, number, 'action', actionSaid(text, options)),
    );
  verb(incident, 'tick <incident> <line>', 'tick a line of the closing checklist', 'tick INC customers --note "mail to the ten largest"')
    .option('--note <text>', 'for the record')
    .action((number: string, line: string, { note }: { note?: string }, command: Command) =>
      tell(command, number, 'tick', { line, ...(note === undefined ? {} : { note }) }),
    );
  incident
    .command('actions [incident]')
    .description('list the open action items, of all incidents or with done ones of one')
    .addHelpText('after', example('muster incident actions', 'muster incident actions INC-2026-03-14-001'))
    .action((number: string | undefined, _options: object, command: Command) => listActions(number, command));
}

function actionSaid(text: string | undefined, { owner, due, done }: ActionOptions) {
  if (done !== undefined && text === undefined && owner === undefined && due === undefined) return { done };
  if (done === undefined && text !== undefined && owner !== undefined && due !== undefined)
    return { text, owner, dueAt: readDue('--due', due) };
  throw new CliError('say a text with --owner and --due, or only --done with the id of an item', exitCodes.usage);
}

async function listActions(asked: string | undefined, command: Command): Promise<void> {
  await withIncidents(command, async (incidents, { output }) => {
    const number = asked === undefined ? undefined : await whichIncident(incidents, asked);
    const found = number === undefined ? await everyOpen(incidents) : itemsOf(number, (await incidents.view(number)).actions);
    print({ output }, found, () => {
      if (found.length === 0) return number === undefined ? 'No action item is open.' : `${number} has no action items.`;
      const rows = found.map(({ id, incident, text, owner, dueAt, doneAt }) => [
        ...[incident, id, owner, dueAt.slice(0, 10)],
        ...[doneAt ? `done ${doneAt.slice(0, 10)}` : dueAt < new Date().toISOString() ? 'overdue' : 'open', text],
      ]);
      return table(['INCIDENT', 'ITEM', 'OWNER', 'DUE', 'STATE', 'WHAT'], rows);
    });
  });
}

type Item = ActionItem & { incident: string };
const itemsOf = (incident: string, actions: readonly ActionItem[]): Item[] => actions.map((item) => ({ incident, ...item }));

/** The soonest first. */
async function everyOpen(incidents: IncidentsClient): Promise<Item[]> {
  const { open, ended } = await incidents.list();
  const having = [...open, ...ended].filter(({ openActions }) => openActions > 0);
  const views = await Promise.all(having.map(({ number }) => incidents.view(number)));
  const items = views.flatMap(({ number, actions }) => itemsOf(number, actions)).filter(({ doneAt }) => doneAt === undefined);
  return items.sort((one, other) => one.dueAt.localeCompare(other.dueAt));
}
