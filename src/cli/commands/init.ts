import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { cloneFolder } from '../../config/tools.ts';
import type { Environment } from '../../config/environment.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example } from '../example.ts';

/** Options that answer a question, each with what it says; those of a region may be said once for all, or as REGION=…. */
const whole = {
  name: ['<name>', 'what the system is called, in small letters, digits and dashes'],
  title: ['<text>', 'and as people call it'],
  platform: ['<kind>', 'what runs it: kubernetes, compose, host, autoscaling, or none'],
  regions: ['<list>', 'where it runs, with regions of AWS where it has them: east=us-east-1,west=us-west-2'],
  capacity: ['<number>', 'instances that carry the whole load in a region'],
  customers: ['<url>', 'its url as customers reach it'],
  health: ['<path>', 'path at which it says that it is well'],
  vantage: ['<url>', 'another way to see that it is well'],
  database: ['<reference>', 'where the connection to its PostgreSQL is kept: env:NAME or file:PATH'],
  zone: ['<name>', 'zone of Route 53 whose records lead customers to a region'],
  dns: ['<name>', 'name of those records'],
  approvers: ['<list>', 'who approves beside you'],
  slack: ['<channel>', 'channel of Slack for messages'],
  rto: ['<duration>', 'how long customers may be without it'],
  rpo: ['<duration>', 'how much of the newest data may be lost, as time'],
} as const;
const regional = {
  url: ['<url>', 'its base url; {region} is replaced'],
  instance: ['<id>', "the database's instance of RDS"],
  context: ['<name>', 'context of the kubeconfig'],
  deployment: ['<namespace/name>', 'the Deployment'],
  project: ['<name>', 'project of docker compose'],
  'compose-file': ['<path>', 'its compose file'],
  'compose-service': ['<name>', 'the service in it'],
  host: ['<address>', 'machine that is reached by ssh'],
  user: ['<name>', 'who Muster is there'],
  unit: ['<name>', 'unit of systemd that runs the service'],
  group: ['<name>', 'Auto Scaling group'],
  'target-group': ['<name>', 'its target group'],
} as const;

interface InitOptions extends Record<string, unknown> {
  yes?: boolean;
  force?: boolean;
}

/** `muster init`: asks, looks at what is there, and writes a first environment file. */
export function registerInit(program: Command): void {
  const command = program
    .command('init')
    .description('write a first environment file: asks, looks at what is there, and explains each part in it')
    .argument('[file]', 'the file that is written', 'environment.yaml');
  for (const [option, [value, says]] of Object.entries(whole)) command.option(`--${option} ${value}`, says);
  for (const [option, [value, says]] of Object.entries(regional))
    command.option(`--${option} ${value}`, `${says}; for one region: REGION=…`, (said: string, before: string[] = []) => [...before, said]);
  command
    .option('-y, --yes', 'ask nothing: what is not said is what was found, or what is usual')
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      example(
        'muster init shop.yaml                      ask everything',
        'muster init shop.yaml --yes --name shop --platform compose --project shop --url http://127.0.0.1:8080',
        "muster init shop.yaml --yes --name shop --platform autoscaling --regions east=us-east-1,west=us-west-2 --url 'https://{region}.shop.example.com' --database env:SHOP_DATABASE",
      ) + '\n\nIt only reads, and never asks for a secret: the file holds references to them. docs/environment.md explains every key.',
    )
    .action(async (file: string, options: InitOptions) => init(resolve(file), file, options));
}

async function init(path: string, file: string, options: InitOptions): Promise<void> {
  const refuseOld = () => {
    if (existsSync(path) && !options.force) throw new CliError(`${file} is there already; --force writes over it`, exitCodes.refused);
  };
  refuseOld();
  const { AnswerProblem } = await import('../../init/answers.ts');
  const { asker } = await import('../../init/ask.ts');
  const { interview } = await import('../../init/interview.ts');
  const { environmentText } = await import('../../init/write-environment.ts');
  const { parseEnvironment } = await import('../../config/environment.ts');
  const how = options.yes ? 'usual' : process.stdin.isTTY && process.stdout.isTTY ? 'terminal' : 'given only';
  const say = ({ found, says }: { found: boolean; says: string }) => void process.stderr.write(`  ${found ? '✔' : '–'} ${says}\n`);
  try {
    const answers = await interview(asker(givenBy(options), how), say);
    const text = environmentText(answers, relative(dirname(path), join(cloneFolder, 'environments/environment.schema.json')));
    const environment = parseEnvironment(text, file);
    refuseOld();
    writeFileSync(path, text, { flag: options.force ? 'w' : 'wx' });
    process.stdout.write(`${await nextOf(environment, path, file)}\n`);
  } catch (error) {
    if (error instanceof AnswerProblem) throw new CliError(error.message, exitCodes.usage);
    if (error instanceof Error && error.name === 'EnvironmentError')
      throw new CliError(`these answers make no valid file, so none was written:\n${error.message}`, exitCodes.usage);
    throw error;
  }
}

/** `url east` → what was said for one region, `url` → for all of them. */
function givenBy(options: InitOptions): Map<string, string> {
  const given = new Map<string, string>();
  const key = (option: string) => option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  for (const option of Object.keys(whole)) {
    const said = options[key(option)];
    if (typeof said === 'string') given.set(option, said);
  }
  for (const option of Object.keys(regional)) {
    for (const said of (options[key(option)] as string[] | undefined) ?? []) {
      const [, region, value] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(said) ?? [];
      given.set(region === undefined ? option : `${option} ${region}`, value ?? said);
    }
  }
  return given;
}

/** What a person does next: the variables that the file refers to, and a simulation that this file has a plan for. */
async function nextOf(environment: Environment, path: string, file: string): Promise<string> {
  const { catalogue } = await import('../../catalogue.ts');
  const { referencesOf } = await import('../../init/references.ts');
  const [service] = Object.keys(environment.services);
  const [from, to] = Object.keys(environment.regions);
  const run = { environment: environment.name, mode: 'simulate' as const, requestedBy: 'you', reason: 'to see it', people: [] };
  const wanted = [
    { name: 'fail-over-region', input: { service, from, to } },
    { name: 'service-down', input: { service, region: from } },
  ];
  const possible = wanted.filter(({ name, input }) => {
    try {
      return catalogue.find((entry) => entry.name === name)?.resolve(environment, input, run) !== undefined;
    } catch {
      return false;
    }
  });
  const says = ({ name, input }: (typeof wanted)[number]) =>
    `  ./muster start ${name} --mode simulate --input ${Object.entries(input)
      .map((pair) => pair.join('='))
      .join(' ')} --reason "what would it do?" --follow`;
  const variables = referencesOf(environment).filter((name) => name !== 'MUSTER_ARCHIVE');
  const token = variables.find((name) => name.endsWith('_TOKEN_YOU'));
  return [
    `${file} is written and valid. Read it: each part says what is left out, and what then cannot be done.`,
    `It refers to the variables ${variables.join(', ')}.`,
    'Next:',
    `  export MUSTER_ENVIRONMENT=${path}`,
    ...(token === undefined
      ? []
      : [`  export ${token}=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')`, `  export MUSTER_TOKEN=$${token}`]),
    '  ./muster doctor            says what is still missing',
    '  ./muster up --no-range     brings Muster up for it; then, in another terminal with the same variables:',
    ...(possible[0] === undefined
      ? ['  ./muster runbooks          this file says of nothing what runs it, so nothing can be simulated yet']
      : possible.map(says)),
  ].join('\n');
}
