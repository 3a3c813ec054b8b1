import type { Environment } from '../../config/environment.ts';
import { thisBuild } from '../../report/build.ts';
import { sealedBundle } from '../../report/bundle.ts';
import { placeFolder } from '../../report/archive-folder.ts';
import { sha256 } from '../../report/chain.ts';
import { archivedMessages, incidentFolder } from '../../report/incident-folder.ts';
import type { Incident } from '../../workflows/incident/view.ts';
import { redact, redactText, sentenceOf, short } from '../kit/index.ts';
import { callsOf } from './collect-commands.ts';
import { fetchText, logsOf } from './collect-http.ts';
import { recovered } from './environment.ts';
import { askRange } from '../prometheus/index.ts';

export interface Collected {
  /** Folder of the bundle. */
  bundle: string;
  /** What could not be had, and why. */
  problems: string[];
}

interface Source {
  /** Of the file, below the bundle's folder. */
  name: string;
  get(): Promise<string>;
}

const hour = 3_600_000;
/** Points of a metric's range; Prometheus refuses more than 11,000. */
const points = 1_000;

/** Collects logs, metrics, configuration, timeline and commands into a folder whose manifest seals every file. Source: ml-platform runbook, "Data Collection". */
export async function collect(environment: Environment, archive: string, incident: Incident): Promise<Collected> {
  const { number } = incident;
  const files: Record<string, string> = {};
  const problems: string[] = [];
  await Promise.all(
    sourcesOf(environment, archive, incident).map(async ({ name, get }) => {
      try {
        files[name] = await get();
      } catch (error) {
        problems.push(`${name}: ${short(redactText(sentenceOf(error)), 300)}`);
      }
    }),
  );
  const whole = sealedBundle({ number, at: new Date().toISOString(), build: thisBuild(), problems: problems.sort() }, files);
  return { bundle: await placeFolder(incidentFolder(archive, number), 'bundle', whole), problems };
}

function sourcesOf(environment: Environment, archive: string, incident: Incident): Source[] {
  const { number, service, policy, runs, timeline, milestones } = incident;
  const name = recovered(environment, service);
  const since = new Date(Date.parse(milestones.startedAt) - hour).toISOString();
  const asJson = (value: unknown) => `${JSON.stringify(redact(value), null, 1)}\n`;
  return [
    { name: 'timeline.json', get: async () => asJson(timeline) },
    { name: 'messages.json', get: async () => asJson([...(await archivedMessages(archive, number)), ...incident.messages]) },
    { name: 'configuration/environment.json', get: async () => configurationOf(environment) },
    ...(name === undefined ? [] : Object.keys(environment.services[name]!.regions)).map((region) => ({
      name: `logs/${name}-${region}.txt`,
      get: () => logsOf(environment, { service: name!, region }),
    })),
    ...policy.collect.map((item, index) => ({
      name: `${item.by === 'http' ? 'answers' : 'metrics'}/${index + 1}-${fileName(item.name)}.${item.by === 'http' ? 'txt' : 'json'}`,
      get: () => (item.by === 'http' ? fetchText(item.url) : metricOf(environment, item.query, since)),
    })),
    ...runs.map(({ runId }) => ({ name: `commands/${fileName(runId)}.json`, get: () => callsOf(archive, runId) })),
  ];
}

/** The environment as the worker has it, without its secrets, and the hash of it as it is. */
function configurationOf(environment: Environment): string {
  // By its sections, because what lies very deep is cut.
  const sections = Object.fromEntries(Object.entries(environment).map(([section, value]) => [section, redact(value)]));
  return `${JSON.stringify({ sha256: sha256(JSON.stringify(environment)), environment: sections }, null, 1)}\n`;
}

async function metricOf(environment: Environment, query: string, start: string): Promise<string> {
  const end = new Date().toISOString();
  const stepSeconds = Math.max(5, Math.ceil((Date.parse(end) - Date.parse(start)) / 1_000 / points));
  const { series, text } = await askRange(environment, { query, start, end, stepSeconds });
  if (series === 0) throw new Error(`no series answers from ${start} to ${end}: ${query}`);
  return redactText(text);
}

/** Safe as a name of a file, whatever it was called. */
const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80) || 'unnamed';
