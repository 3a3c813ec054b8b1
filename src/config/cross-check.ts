import { isText, list, mustKnow, table, under, type Problem } from './as-written.ts';
import { checkIncidents } from './check-incidents.ts';
import { checkPeople } from './check-people.ts';

export type { Problem } from './as-written.ts';

/** What a schema cannot say: every name that refers to something must find it. Looks at the file as written, so that it speaks beside the schema. */
export function crossCheck(file: unknown): Problem[] {
  return [
    ...servicesOf(file),
    ...databasesOf(file),
    ...clustersOf(file),
    ...cachesOf(file),
    ...dnsOf(file),
    ...awsOf(file),
    ...stagesOf(file),
    ...checkIncidents(file),
    ...checkPeople(file),
  ];
}

const entries = (file: unknown, ...keys: string[]) => Object.entries(table(under(file, ...keys)));
const keysOf = (file: unknown, ...keys: string[]) => Object.keys(table(under(file, ...keys)));

function regionsKnown(file: unknown, regional: unknown, path: PropertyKey[]): Problem[] {
  return Object.keys(table(regional)).flatMap((key) => mustKnow(keysOf(file, 'regions'), key, [...path, key], 'region'));
}

function servicesOf(file: unknown): Problem[] {
  return entries(file, 'services').flatMap(([key, service]) => [
    ...mustKnow(keysOf(file, 'databases'), under(service, 'database'), ['services', key, 'database'], 'database'),
    ...mustKnow(keysOf(file, 'dns'), under(service, 'dns'), ['services', key, 'dns'], 'dns entry'),
    ...regionsKnown(file, under(service, 'regions'), ['services', key, 'regions']),
    ...regionsKnown(file, under(service, 'consumers'), ['services', key, 'consumers']),
    ...runOnAws(file, key, service),
  ]);
}

/** Only where there is no AWS may something run a service that Muster does not know. */
function runOnAws(file: unknown, key: string, service: unknown): Problem[] {
  return entries(service, 'regions').flatMap(([region, place]) => {
    const named = ['autoScalingGroup', 'targetGroup', 'kubernetes', 'compose', 'host'].some((how) => under(place, how) !== undefined);
    if (named || under(file, 'regions', region, 'aws') === undefined) return [];
    return [{ path: ['services', key, 'regions', region], message: 'say either autoScalingGroup and targetGroup, or kubernetes' }];
  });
}

function databasesOf(file: unknown): Problem[] {
  return entries(file, 'databases').flatMap(([key, database]) =>
    regionsKnown(file, under(database, 'regions'), ['databases', key, 'regions']),
  );
}

function clustersOf(file: unknown): Problem[] {
  return entries(file, 'clusters').flatMap(([key, cluster]) => [
    ...regionsKnown(file, under(cluster, 'regions'), ['clusters', key, 'regions']),
    ...mustKnow(keysOf(file, 'services'), under(cluster, 'service'), ['clusters', key, 'service'], 'service'),
  ]);
}

function cachesOf(file: unknown): Problem[] {
  return entries(file, 'caches').flatMap(([key, cache]) => regionsKnown(file, under(cache, 'regions'), ['caches', key, 'regions']));
}

function dnsOf(file: unknown): Problem[] {
  return entries(file, 'dns').flatMap(([key, dns]) => {
    const problems = regionsKnown(file, under(dns, 'sets'), ['dns', key, 'sets']);
    const by = under(dns, 'traffic', 'by') ?? 'route53-records';
    if (by === 'route53-records' || !isText(by)) return problems;
    const inRegions = by === 'arc-routing-control' ? 'controls' : 'switches';
    const places = under(dns, 'traffic', inRegions);
    problems.push(...regionsKnown(file, places, ['dns', key, 'traffic', inRegions]));
    if (Object.keys(table(places)).length === 0)
      problems.push({ path: ['dns', key, 'traffic', inRegions], message: 'must name at least one region' });
    if (under(dns, 'strategy') !== 'failover') problems.push({ path: ['dns', key, 'strategy'], message: `must be failover with ${by}` });
    return problems;
  });
}

/** What is of AWS must be found there. */
function awsOf(file: unknown): Problem[] {
  const ofAws = ([room, mark]: [string, string]) =>
    entries(file, room).flatMap(([key, entry]) =>
      entries(entry, 'regions').flatMap(([region, place]) =>
        under(place, mark) === undefined ? [] : [{ region, path: [room, key, 'regions', region, mark] }],
      ),
    );
  const regional = (
    [
      ['services', 'autoScalingGroup'],
      ['databases', 'instance'],
      ['clusters', 'cluster'],
    ] as [string, string][]
  ).flatMap(ofAws);
  const global = entries(file, 'dns').map(([key]) => ({ path: ['dns', key] }));
  const account = under(file, 'aws') !== undefined;
  return [
    ...(account ? [] : [...global, ...regional].map(({ path }) => ({ path, message: 'is of AWS, and this file has no aws' }))),
    ...regional.flatMap(({ region, path }) => {
      const known = under(file, 'regions', region);
      const misses = account && known !== undefined && under(known, 'aws') === undefined;
      return misses ? [{ path, message: `is of AWS, and the region ${region} has no aws` }] : [];
    }),
  ];
}

function stagesOf(file: unknown): Problem[] {
  const stages = list(under(file, 'failover', 'stages'));
  const numbers = stages.filter((share) => typeof share === 'number');
  if (numbers.length === 0 || numbers.length < stages.length) return [];
  const rises = numbers.every((share, index) => index === 0 || share > numbers[index - 1]!);
  return rises && numbers.at(-1) === 100 ? [] : [{ path: ['failover', 'stages'], message: 'must rise and end with 100' }];
}
