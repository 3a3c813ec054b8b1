import type { Command } from 'commander';
import type { Environment } from '../../config/environment.ts';
import { findPlaces } from '../connect.ts';
import { example, globals, print, table } from '../output.ts';

/** `muster contacts`: who is who, and how each is reached; works without anything running. */
export function registerContacts(program: Command): void {
  program
    .command('contacts')
    .description('show who is who: people with their duties, whom an incident tells and how, and where people meet')
    .addHelpText('after', example('muster contacts', 'MUSTER_ENVIRONMENT=my.yaml muster contacts'))
    .action(async (_options: object, command: Command) => {
      const { loadEnvironment } = await import('../../config/environment.ts');
      const environment = await loadEnvironment(findPlaces(globals(command)).environmentFile);
      print(globals(command), contactsOf(environment), () => said(environment));
    });
}

/** Secrets stay references: a number that the file does not say is not looked up here. */
function contactsOf({ people, incidents }: Environment) {
  const { contacts = {}, channels } = incidents?.policy ?? {};
  return {
    people: people.map(({ subject, name, roles, duties }) => ({ subject, name, roles, duties })),
    contacts: Object.entries(contacts).map(([name, { title, reach }]) => ({
      ...{ name, title },
      reach: reach.map((way) => ('to' in way ? `${way.by} ${way.to}` : way.by)),
    })),
    bridge: channels?.bridge ?? null,
    channel: channels?.internal ?? null,
  };
}

function said(environment: Environment): string {
  const { people, contacts, bridge, channel } = contactsOf(environment);
  const who = people.map(({ subject, name, roles, duties }) => [subject, name, roles.join(', '), duties.join(', ') || 'none']);
  const whom = contacts.map(({ name, title, reach }) => [name, title, reach.join(', ') || 'in no way']);
  return [
    environment.title,
    '',
    table(['PERSON', 'NAME', 'ROLES', 'DUTIES'], who),
    ...(whom.length === 0 ? [] : ['', table(['CONTACT', 'TITLE', 'REACHED BY'], whom)]),
    ...(channel === null ? [] : ['', `Channel  ${channel}`]),
    ...(bridge === null ? [] : [`Bridge   ${bridge}`]),
  ].join('\n');
}
