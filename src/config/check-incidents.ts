import { problemsOf } from '../workflows/incident/fields.ts';
import { runbookNames } from '../workflows/runbook-names.ts';
import { isText, list, mustKnow, mustKnowAll, table, under, type Problem } from './as-written.ts';
import { checkContacts } from './check-contacts.ts';
import { duration } from './schema/basics.ts';

/** Cross-checks of the section `incidents`, on the file as written. */
export function checkIncidents(file: unknown): Problem[] {
  const section = under(file, 'incidents');
  if (section === undefined) return [];
  const notify = under(file, 'notify');
  const problems = [
    ...severitiesOf(section),
    ...ladders(section),
    ...checkContacts(section, notify),
    ...sinks(section, notify),
    ...templates(section),
    ...looks(section, file),
    ...alertRules(section),
    ...names(section, file),
  ];
  return problems.map(({ path, message }) => ({ path: ['incidents', ...path], message }));
}

const severityNames = (section: unknown) => list(under(section, 'severities')).flatMap((entry) => under(entry, 'name') ?? []) as string[];

function severitiesOf(section: unknown): Problem[] {
  const known = severityNames(section);
  const of = (names: unknown, path: PropertyKey[]) => mustKnowAll(known, names, path, 'severity');
  return [
    ...list(under(section, 'roles')).flatMap((role, index) => of(under(role, 'requiredFor'), ['roles', index, 'requiredFor'])),
    ...of(under(section, 'drillsStoppedBy'), ['drillsStoppedBy']),
    ...['ownChannelFor', 'ticketFor'].flatMap((key) => of(under(section, 'channels', key), ['channels', key])),
  ];
}

/** Each rung comes later than the one before. */
function ladders(section: unknown): Problem[] {
  return list(under(section, 'severities')).flatMap((severity, index) =>
    ['unacknowledged', 'unmitigated'].flatMap((ladder) => {
      const times = list(under(severity, ladder)).map((rung) => duration.safeParse(under(rung, 'after')).data);
      return times.flatMap((time, step): Problem[] => {
        const before = times.slice(0, step).reduce<number>((latest, each) => Math.max(latest, each ?? latest), -1);
        if (time === undefined || time > before) return [];
        return [{ path: ['severities', index, ladder, step, 'after'], message: 'must be later than the rung before: a ladder only rises' }];
      });
    }),
  );
}

/** What is promised needs something to send it by. */
function sinks(section: unknown, notify: unknown): Problem[] {
  const needs = (is: boolean, sink: string, path: PropertyKey[]): Problem[] =>
    is && under(notify, sink) === undefined ? [{ path, message: `needs notify.${sink}, which is not in this file` }] : [];
  return [
    ...needs(isText(under(section, 'channels', 'internal')), 'slack', ['channels', 'internal']),
    ...needs(list(under(section, 'channels', 'ticketFor')).length > 0, 'ticket', ['channels', 'ticketFor']),
    ...list(under(section, 'severities')).flatMap((severity, index) =>
      needs(table(under(severity, 'updates'))['customers'] != null, 'statuspage', ['severities', index, 'updates', 'customers']),
    ),
  ];
}

function templates(section: unknown): Problem[] {
  return Object.entries(table(under(section, 'templates'))).flatMap(([of, template]) =>
    ['subject', 'text'].flatMap((part) => {
      const text = under(template, part);
      return isText(text) ? problemsOf(text).map((message) => ({ path: ['templates', of, part], message })) : [];
    }),
  );
}

function looks(section: unknown, file: unknown): Problem[] {
  const noPrometheus = under(section, 'prometheus') === undefined;
  const prometheus = (by: unknown, path: PropertyKey[]): Problem[] =>
    by === 'prometheus' && noPrometheus ? [{ path, message: 'needs incidents.prometheus, which is not in this file' }] : [];
  const databases = Object.keys(table(under(file, 'databases')));
  return [
    ...list(under(section, 'verification')).flatMap((line, index) => [
      ...prometheus(under(line, 'look', 'by'), ['verification', index, 'look', 'by']),
      ...mustKnow(databases, under(line, 'look', 'database'), ['verification', index, 'look', 'database'], 'database'),
    ]),
    ...list(under(section, 'collect')).flatMap((item, index) => prometheus(under(item, 'by'), ['collect', index, 'by'])),
  ];
}

function alertRules(section: unknown): Problem[] {
  const services = Object.keys(table(under(section, 'services')));
  const ofRule = (value: unknown, known: string[], path: PropertyKey[], what: string): Problem[] => [
    ...mustKnow(known, value, path, what),
    ...mustKnow(known, under(value, 'otherwise'), [...path, 'otherwise'], what),
    ...Object.entries(table(under(value, 'map'))).flatMap(([key, name]) => mustKnow(known, name, [...path, 'map', key], what)),
  ];
  return list(under(section, 'alerts', 'rules')).flatMap((rule, index) => {
    const at = ['alerts', 'rules', index];
    return [
      ...ofRule(under(rule, 'service'), services, [...at, 'service'], 'service'),
      ...ofRule(under(rule, 'severity'), severityNames(section), [...at, 'severity'], 'severity'),
      ...runbook(under(rule, 'suggests', 'runbook'), [...at, 'suggests', 'runbook']),
    ];
  });
}

const runbook = (name: unknown, path: PropertyKey[]): Problem[] =>
  !isText(name) || (runbookNames as readonly string[]).includes(name) ? [] : [{ path, message: `${name} is no runbook of Muster` }];

/** An exercise that is done, rather than talked about, names what with. */
function drillNames(drill: unknown, path: PropertyKey[]): Problem[] {
  const practised = under(drill, 'practice') !== undefined && under(drill, 'runbook') === undefined;
  return [
    ...runbook(under(drill, 'runbook'), [...path, 'runbook']),
    ...list(under(drill, 'practice', 'reverse')).flatMap((back, index) =>
      runbook(under(back, 'runbook'), [...path, 'practice', 'reverse', index, 'runbook']),
    ),
    ...(practised ? [{ path: [...path, 'practice'], message: 'needs a runbook that is practised' }] : []),
  ];
}

/** What else refers to a name, and what must have one of its own. */
function names(section: unknown, file: unknown): Problem[] {
  const twice = ['severities', 'roles', 'reviews', 'closing', 'verification', 'drills'].flatMap((part) => {
    const all = list(under(section, part)).map((entry) => under(entry, 'name'));
    return all.flatMap((name, index) =>
      isText(name) && all.indexOf(name) < index ? [{ path: [part, index, 'name'], message: `is the second one called ${name}` }] : [],
    );
  });
  const reviews = list(under(section, 'reviews')).flatMap((review) => under(review, 'name') ?? []) as string[];
  const services = Object.keys(table(under(file, 'services')));
  return [
    ...twice,
    ...list(under(section, 'closing')).flatMap((line, index) => {
      const by = under(line, 'by');
      return isText(by) && by.startsWith('review:')
        ? mustKnow(reviews, by.slice('review:'.length), ['closing', index, 'by'], 'review')
        : [];
    }),
    ...Object.entries(table(under(section, 'services'))).flatMap(([key, service]) =>
      mustKnow(services, under(service, 'recovers'), ['services', key, 'recovers'], 'service'),
    ),
    ...list(under(section, 'drills')).flatMap((drill, index) => drillNames(drill, ['drills', index])),
  ];
}
