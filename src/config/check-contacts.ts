import { isText, list, mustKnowAll, table, under, type Problem } from './as-written.ts';

/** Every place of the section that names contacts who are told. */
function told(section: unknown): { names: unknown; path: PropertyKey[] }[] {
  const severities = list(under(section, 'severities')).flatMap((severity, index) => {
    const at = ['severities', index];
    const rungs = ['unacknowledged', 'unmitigated'].flatMap((ladder) =>
      list(under(severity, ladder)).map((rung, step) => ({ names: under(rung, 'to'), path: [...at, ladder, step, 'to'] })),
    );
    const late = ['internal', 'customers'].map((audience) => ({
      ...{ names: under(severity, 'updates', audience, 'lateTo'), path: [...at, 'updates', audience, 'lateTo'] },
    }));
    const told = ['tell', 'tellOfCustomers'].map((key) => ({ names: under(severity, key), path: [...at, key] }));
    return [...told, ...rungs, ...late];
  });
  const people = ['roles', 'reviews'].flatMap((part) =>
    list(under(section, part)).map((entry, index) => ({ names: under(entry, 'to'), path: [part, index, 'to'] })),
  );
  return [...severities, ...people];
}

/** Contacts that are named and not there, that nobody can reach, or that are reached by what the file does not have. */
export function checkContacts(section: unknown, notify: unknown): Problem[] {
  const contacts = table(under(section, 'contacts'));
  const places = told(section);
  const named = new Set(places.flatMap(({ names }) => list(names)));
  const unknown = places.flatMap(({ names, path }) => mustKnowAll(Object.keys(contacts), names, path, 'contact'));
  const roles = list(under(section, 'roles')).flatMap((role, index): Problem[] => {
    const needsOne = list(under(role, 'requiredFor')).length > 0 && under(role, 'to') === undefined;
    return needsOne ? [{ path: ['roles', index], message: 'names no contact who is told while nobody has the role (to)' }] : [];
  });
  const ways = Object.entries(contacts).flatMap(([key, contact]): Problem[] => {
    const reach = list(under(contact, 'reach'));
    const by = reach.map((way) => under(way, 'by'));
    const missing = by.flatMap((sink, index) =>
      isText(sink) && ['pagerduty', 'slack', 'email'].includes(sink) && under(notify, sink) === undefined
        ? [{ path: ['contacts', key, 'reach', index], message: `is reached by ${sink}, and notify.${sink} is not in this file` }]
        : [],
    );
    const silent = named.has(key) && by.every((sink) => sink === 'phone');
    const cannot = { path: ['contacts', key], message: 'is told of incidents, and Muster has no way to reach it: a phone is only shown' };
    return [...missing, ...(silent ? [cannot] : [])];
  });
  return [...unknown, ...roles, ...ways];
}
