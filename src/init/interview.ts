import { type Answers, AnswerProblem, platforms, variablesOf, type Place, type Platform } from './answers.ts';
import type { Ask } from './ask.ts';
import {
  areNames,
  areRegions,
  isCount,
  isDuration,
  isName,
  isPath,
  isReference,
  isSomething,
  isUrl,
  namesIn,
  orNothing,
  regionsIn,
} from './checks.ts';
import { type AwsRegion, lookAtAccount, lookAtRegion } from './look-aws.ts';
import { lookForHealth, lookUpName } from './look-url.ts';
import { askWhatRuns } from './platform-questions.ts';
import type { Finding } from './read-program.ts';

/** Asks everything that a first file needs, and looks before it asks; `say` is told what was seen. Throws AnswerProblem. */
export async function interview(ask: Ask, say: (finding: Finding) => void): Promise<Answers> {
  const name = await ask({ option: 'name', asks: 'What is the system called, in small letters, digits and dashes?', check: isName });
  const title = await ask({ option: 'title', asks: 'And as people call it?', usual: name, check: isSomething });
  const platform = (await ask({ option: 'platform', asks: 'What runs it?', usual: 'none', among: platforms, closed: true })) as Platform;
  const regions = await askRegions(ask, platform);
  const aws = regions.some((region) => region.aws !== undefined) ? await lookAtAccount() : undefined;
  aws?.findings.forEach(say);
  const database = await ask({
    ...{
      option: 'database',
      asks: 'Where is the connection to its PostgreSQL kept (env:NAME or file:PATH)? Nothing: no database',
      usual: '',
    },
    check: orNothing(isReference),
  });
  const places: Place[] = [];
  for (const region of regions) {
    const seen = region.aws !== undefined && aws?.known ? await lookAtRegion(region.aws) : undefined;
    seen?.findings.forEach(say);
    const runs = await askWhatRuns(ask, say, { name, platform, region: region.name, groups: seen?.groups ?? [] });
    const url = await ask({ ...{ option: 'url', region: region.name }, asks: `Its base url in ${region.name}?`, check: isUrl });
    const instance = database !== '' && region.aws !== undefined ? await askInstance(ask, name, region.name, seen) : undefined;
    places.push({ ...region, url, runs, instance });
  }
  const capacity = await ask({
    option: 'capacity',
    asks: 'How many instances carry the whole load in a region?',
    usual: '1',
    check: isCount,
  });
  const customers = await ask({ option: 'customers', asks: 'Its url as customers reach it?', usual: places[0]!.url, check: isUrl });
  say(await lookUpName(customers));
  return {
    ...{ name, title, places, fullCapacity: Number(capacity), customers },
    health: await askHealth(ask, say, places[0]!.url),
    vantage: await askVantage(ask, name, places, customers),
    database: database === '' ? undefined : database,
    dns: aws ? await askDns(ask, customers, aws.zones) : undefined,
    approvers: await askApprovers(ask),
    slack: (await ask({ option: 'slack', asks: 'Channel of Slack for messages? Nothing: none', usual: '' })) || undefined,
    targets: {
      rto: await ask({ option: 'rto', asks: 'How long may customers be without it (RTO)?', usual: '1h', check: isDuration }),
      rpo: await ask({ option: 'rpo', asks: 'How much of the newest data may be lost, as time (RPO)?', usual: '15m', check: isDuration }),
    },
  };
}

async function askRegions(ask: Ask, platform: Platform): Promise<{ name: string; aws: string | undefined }[]> {
  const asks = 'Where does it run? Names of your own, each with its region of AWS where it has one: east=us-east-1,west=us-west-2';
  const regions = regionsIn(await ask({ option: 'regions', asks, usual: 'main', check: areRegions }));
  const bare = regions.find(({ aws }) => aws === undefined);
  if (platform === 'autoscaling' && bare) throw new AnswerProblem(`--regions ${bare.name}: an Auto Scaling group needs its region of AWS`);
  if (platform === 'none' && regions.some(({ aws }) => aws !== undefined))
    throw new AnswerProblem('--platform none: in a region of AWS say what runs it');
  return regions;
}

async function askInstance(ask: Ask, name: string, region: string, seen: AwsRegion | undefined): Promise<string | undefined> {
  const found = seen?.instances.filter(({ engine }) => engine === 'postgres').map(({ id }) => id) ?? [];
  const asks = `Which instance of RDS is it in ${region}? Nothing: it is not of RDS`;
  const usual = found.find((id) => id.includes(name)) ?? found[0] ?? '';
  return (await ask({ option: 'instance', region, asks, usual, among: found.length > 0 ? [...found, ''] : [] })) || undefined;
}

async function askHealth(ask: Ask, say: (finding: Finding) => void, url: string): Promise<Answers['health']> {
  const { health, finding } = await lookForHealth(url);
  say(finding);
  const asks = 'Path at which it says that it is well? Nothing: its url itself is asked';
  const path = await ask({ option: 'health', asks, usual: health?.path ?? '', check: orNothing(isPath) });
  if (path === '') return undefined;
  return { path, body: path === health?.path ? health.body : undefined };
}

/** The customers' own way tells nothing of one region among several, and nothing new where it is the region's own url. */
async function askVantage(ask: Ask, name: string, places: readonly Place[], customers: string): Promise<string> {
  const another = places.length === 1 && customers !== places[0]!.url;
  const asks = 'Another way to see that it is well, which does not depend on the first: a url, {region} is replaced, or a reference';
  return ask({ option: 'vantage', asks, usual: another ? customers : `env:${variablesOf(name)}_VANTAGE_OUTSIDE`, check: isUrl });
}

async function askDns(ask: Ask, customers: string, zones: readonly string[]): Promise<Answers['dns']> {
  const host = URL.canParse(customers) ? `${new URL(customers).hostname}.` : '';
  const zone = zones.filter((each) => host.endsWith(`.${each}`) || host === each).sort((a, b) => b.length - a.length)[0] ?? '';
  const asks = 'Zone of Route 53 whose records lead customers to a region? Nothing: they cannot be moved';
  const chosen = await ask({ option: 'zone', asks, usual: zone, among: zones.length > 0 ? [...zones, ''] : [] });
  if (chosen === '') return undefined;
  return {
    zone: dotted(chosen),
    name: dotted(await ask({ option: 'dns', asks: 'Name of those records?', usual: host, check: isSomething })),
  };
}

const dotted = (name: string) => (name.endsWith('.') ? name : `${name}.`);

async function askApprovers(ask: Ask): Promise<string[]> {
  const asks = 'Who approves? Whoever asks for a run does not decide about it, so name somebody beside you';
  return [...new Set(namesIn(await ask({ option: 'approvers', asks, usual: 'colleague', check: areNames })))].filter(
    (name) => name !== 'you',
  );
}
