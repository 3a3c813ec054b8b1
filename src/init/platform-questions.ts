import type { Platform, Runs } from './answers.ts';
import type { Ask } from './ask.ts';
import { isPath, isProject, isSomething, isUnit, isUser } from './checks.ts';
import type { AwsRegion } from './look-aws.ts';
import { lookForContexts, lookForDeployments, lookForProjects, lookForServices } from './look-platforms.ts';
import type { Finding } from './read-program.ts';

interface About {
  name: string;
  platform: Platform;
  region: string;
  groups: AwsRegion['groups'];
}

type Say = (finding: Finding) => void;

/** Looks at what could run the service in a region, and asks which of it does. */
export function askWhatRuns(ask: Ask, say: Say, about: About): Promise<Runs> {
  const of = { kubernetes: askDeployment, compose: askCompose, host: askHost, autoscaling: askGroup, none: askNothing };
  return of[about.platform](ask, say, about);
}

const askNothing = (): Promise<Runs> => Promise.resolve({ on: 'none' });

/** The one that has the name, or that is the only one. */
const likely = (name: string, found: readonly string[]) =>
  found.find((each) => each === name) ?? found.find((each) => each.includes(name)) ?? (found.length === 1 ? found[0] : undefined);

async function askDeployment(ask: Ask, say: Say, { name, region }: About): Promise<Runs> {
  const { contexts, finding } = await lookForContexts();
  say(finding);
  const inIt = contexts.find((each) => each.includes(region)) ?? contexts[0];
  const context = await ask({
    ...{ option: 'context', region, asks: `Context of the kubeconfig for ${region}?`, usual: inIt, among: contexts, check: isSomething },
  });
  const seen = contexts.length > 0 ? await lookForDeployments(context) : { deployments: [] };
  if ('finding' in seen) say(seen.finding);
  const names = seen.deployments.map((each) => `${each.namespace}/${each.name}`);
  const chosen = await ask({
    ...{
      option: 'deployment',
      region,
      asks: `Namespace and Deployment in ${region}, as NAMESPACE/NAME?`,
      usual: likely(name, names),
      among: names,
    },
    check: (answer) => (/^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*$/.test(answer) ? undefined : 'use NAMESPACE/NAME'),
  });
  const [namespace, deployment] = chosen.split('/') as [string, string];
  return { on: 'kubernetes', context, namespace, deployment };
}

async function askCompose(ask: Ask, say: Say, { name, region }: About): Promise<Runs> {
  const { projects, finding } = await lookForProjects();
  say(finding);
  const names = projects.map((each) => each.name);
  const project = await ask({
    ...{
      option: 'project',
      region,
      asks: `Project of docker compose in ${region}?`,
      usual: likely(name, names),
      among: names,
      check: isProject,
    },
  });
  const file = await ask({
    ...{ option: 'compose-file', region, asks: 'Its compose file, by its whole path?', check: isPath },
    usual: projects.find((each) => each.name === project)?.file,
  });
  const seen = projects.length > 0 ? await lookForServices(project) : { services: [] };
  if ('finding' in seen) say(seen.finding);
  const service = await ask({
    ...{
      option: 'compose-service',
      region,
      asks: 'The service in it?',
      usual: likely(name, seen.services),
      among: seen.services,
      check: isSomething,
    },
  });
  return { on: 'compose', project, file, service };
}

async function askHost(ask: Ask, say: Say, { name, region }: About): Promise<Runs> {
  say({ found: false, says: 'a machine that is reached by ssh is not looked at: Muster has no key yet' });
  return {
    on: 'host',
    address: await ask({ option: 'host', region, asks: `Name or address of the machine in ${region}?`, check: isSomething }),
    user: await ask({ option: 'user', region, asks: 'Who is Muster there?', usual: 'muster', check: isUser }),
    unit: await ask({
      option: 'unit',
      region,
      asks: 'Unit of systemd that runs the service?',
      usual: `${name}.service`,
      check: isUnit,
    }),
  };
}

async function askGroup(ask: Ask, _say: Say, { name, region, groups }: About): Promise<Runs> {
  const names = groups.map((each) => each.name);
  const group = await ask({
    ...{ option: 'group', region, asks: `Auto Scaling group in ${region}?`, usual: likely(name, names), among: names, check: isSomething },
  });
  const targetGroup = await ask({
    ...{ option: 'target-group', region, asks: 'Name of its target group?', check: isSomething },
    usual: groups.find((each) => each.name === group)?.targetGroup,
  });
  return { on: 'autoscaling', group, targetGroup };
}
