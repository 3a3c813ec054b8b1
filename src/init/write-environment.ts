import { stringify } from 'yaml';
import { type Answers, type Place, variablesOf } from './answers.ts';

/** The text of a first environment file: each part with what it is for, and what cannot be done without what is left out. */
export function environmentText(answers: Answers, schemaFile: string): string {
  const parts = [head(answers, schemaFile), regions(answers), service(answers), database(answers), dns(answers), failover(answers)];
  return [...parts, people(answers), messages(answers), rest].filter((part) => part !== '').join('\n\n');
}

const flow = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

const head = ({ name, title, places }: Answers, schemaFile: string) => `# yaml-language-server: $schema=${schemaFile}
# Written by muster init. docs/environment.md explains every key, and those that are left out here.
version: 1
name: ${name}
title: ${flow(title)}
# Where Muster itself lives: \`elsewhere\`, or a region, which must not be one that it fails over.
orchestrator: { taskQueue: muster-${name}, region: elsewhere }
${
  places.some(({ aws }) => aws !== undefined)
    ? `# Credentials come by AWS's usual ways (variables, profile, role); ReadOnlyAccess is enough to simulate, deploy/iam has what changes need.
aws: { global: { region: us-east-1 } }`
    : `# Left out: aws. Without it nothing of RDS, Route 53 or Auto Scaling can be worked on.`
}`;

const regions = ({
  places,
}: Answers) => `# The places where it runs.${places.length === 1 ? ' With one there is no failover to another.' : ''}
regions:
${places.map(({ name, aws }) => `  ${name}: ${aws === undefined ? '{}' : flow({ aws: { region: aws } })}`).join('\n')}`;

function service({ name, title, places, fullCapacity, customers, health, vantage, ...answers }: Answers): string {
  const path = health?.path ?? '';
  const own = places.length === 1 ? `${places[0]!.url}${path}` : ownLook(name, places, path);
  const other = /^(env|file):/.test(vantage) || path === '' || vantage.endsWith(path) ? vantage : `${vantage}${path}`;
  return `services:
  ${name}:
    title: ${flow(title)}
${answers.database === undefined ? '    # Left out: database. Without it no database is promoted, restored or asked.' : `    database: ${name}`}
${answers.dns === undefined ? '    # Left out: dns. Without it customers cannot be moved to another region.' : `    dns: ${name}`}
    regions:
${places.map((place) => placeText(place, fullCapacity)).join('\n')}
    # At least two ways to see it that do not depend on each other: let one look from outside, as customers do. {region} is replaced.
    vantagePoints:
      - ${flow({ name: 'our own look', url: own })}
      - ${flow({ name: 'a look from outside', url: other })}
${health ? `    # How it is asked whether it is well.\n    health: ${flow({ path, ...(health.body ? { body: health.body } : {}) })}` : '    # Left out: health. Without it the url itself is asked, and any answer below 500 counts.'}
    customers: ${flow({ url: customers })}
    # Left out: proofs. Without one that writes, a person is asked whether a write works, e.g.
    #   proofs: [{ title: it answers, kind: read, requests: [{ path: ${path || '/'} }] }]
    # Left out: care (limits of what is done in an incident), mitigations, delivery, rollback, certificate.`;
}

/** One url for all regions where they differ by the region's name only; else a reference, which people fill. */
function ownLook(name: string, places: readonly Place[], path: string): string {
  const [first, ...others] = places.map(({ name, url }) => url.replaceAll(name, '{region}'));
  return others.every((url) => url === first) && first!.includes('{region}') ? `${first}${path}` : `env:${variablesOf(name)}_VANTAGE_OWN`;
}

function placeText({ name, url, runs }: Place, fullCapacity: number): string {
  const lines = {
    kubernetes: () => [`kubernetes: ${flow(without(runs))}`],
    compose: () =>
      runs.on === 'compose' ? [`compose: ${flow({ project: runs.project, files: [runs.file], service: runs.service })}`] : [],
    host: () => [
      '# Muster comes by ssh: its key, and a known_hosts file that holds the key of the machine.',
      `host: ${flow({ ...without(runs), identity: 'env:MUSTER_SSH_KEY', knownHosts: 'env:MUSTER_SSH_KNOWN_HOSTS' })}`,
    ],
    autoscaling: () =>
      runs.on === 'autoscaling' ? [`autoScalingGroup: ${flow(runs.group)}`, `targetGroup: ${flow(runs.targetGroup)}`] : [],
    none: () => ['# Left out: what runs it. Without it Muster looks, and cannot restart, scale or roll back.'],
  }[runs.on]();
  return [`      ${name}:`, ...[...lines, `url: ${flow(url)}`, `fullCapacity: ${fullCapacity}`].map((line) => `        ${line}`)].join(
    '\n',
  );
}

const without = ({ on: _on, ...rest }: Place['runs']) => rest;

function database({ name, database: connection, places }: Answers): string {
  if (connection === undefined) return '# Left out: databases. Without them nothing of data is promoted, restored or counted.';
  // One reference cannot lead to two servers.
  const of = (place: Place) =>
    places.length === 1 || !connection.startsWith('env:') ? connection : `${connection}_${variablesOf(place.name)}`;
  const line = (place: Place) =>
    `      ${place.name}: ${flow({ ...(place.instance === undefined ? {} : { instance: place.instance }), connection: of(place) })}`;
  return `databases:
  ${name}:
    engine: postgres
    # Each connection is a reference to postgres://user:password@host:5432/database; a user that may read is enough to simulate.
    regions:
${places.map(line).join('\n')}
    # Left out: ledger. Without it lost writes are "not counted". Left out: backup; without it there are no logical backups.
    # These two questions fit any PostgreSQL; add your own rules of the data.
    integrity:
      - { name: every index is valid, sql: SELECT count(*) FROM pg_index WHERE NOT indisvalid, expect: 0 }
      - { name: every constraint is validated, sql: SELECT count(*) FROM pg_constraint WHERE NOT convalidated, expect: 0 }`;
}

function dns({ name, dns: entry, places }: Answers): string {
  if (entry === undefined) return '';
  const sets = Object.fromEntries(places.map((place) => [place.name, place.name]));
  return `# The records that lead customers to a region; sets are their set identifiers in Route 53.
dns:
  ${name}: ${flow({ ...entry, type: 'A', strategy: 'weighted', ttl: 60, sets })}`;
}

const failover = ({ targets, approvers }: Answers) => `# How recoveries are judged and decided; silence never approves.
failover:
  targets: ${flow(targets)}
  approval:
    duty: incident-commander
    quorum: 1
    within: 15m
    expiresAfter: 1h
    # Asked for when the old primary could not be fenced, or the lag is over the budget.
    stronger: { duty: incident-commander, quorum: ${Math.min(2, approvers.length)} }`;

function people({ name, approvers }: Answers): string {
  const token = (subject: string) => `env:${variablesOf(name)}_TOKEN_${variablesOf(subject)}`;
  const line = (subject: string, roles: string[]) =>
    `  - ${flow({ subject, name: subject, roles, duties: ['incident-commander'], tokens: [token(subject)] })}`;
  return `# Who uses Muster for it. Whoever asks for a run does not decide about it.
people:
${[line('you', ['responder', 'approver', 'admin']), ...approvers.map((each) => line(each, ['responder', 'approver']))].join('\n')}`;
}

const messages = ({ name, slack }: Answers) =>
  slack === undefined
    ? '# Left out: slack, pagerduty, statuspage, ticket, email. Without them nobody is told; a recovery never waits for them.\nnotify: {}'
    : `# Left out: pagerduty, statuspage, ticket, email. A recovery never waits for messages.
notify:
  slack: ${flow({ url: 'https://slack.com/api', token: `env:${variablesOf(name)}_SLACK_TOKEN`, channel: slack })}`;

const rest = `# Left out: incidents (severities, ladders, roles, messages, alerts). Without it there are runbooks and no incidents; environments/ has five.
# Left out: readiness. Its usual times count.
# Where reports are kept; muster up sets the variable.
archive: { folder: env:MUSTER_ARCHIVE }
`;
