import { Argument, Option, type Command } from 'commander';
import {
  greyWays,
  healableFaults,
  type GreyWay,
  type Fault,
  type InboxMessage,
  type RangeStatus,
  type RegionName,
  type TrafficName,
} from '../../range/contract.ts';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print, table } from '../output.ts';
import { rangeControl } from '../range-control.ts';
import { duration } from '../../words/durations.ts';
import { readDuration } from './watch.ts';

const regions = ['east', 'west'] as const satisfies RegionName[];
const kinds = [...healableFaults, 'corrupt-rows', 'corrupt-page', 'corrupt-index'] as const satisfies Fault['kind'][];

const messageServices = ['slack', 'pagerduty', 'statuspage', 'ticket', 'email'] as const satisfies InboxMessage['to'][];
const names = ['records', 'switch', 'arc'] as const satisfies TrafficName[];

const awsWays = ['throttle', 'error', 'reset', 'stall'] as const;
type AwsWay = (typeof awsWays)[number];

interface BreakOptions {
  region: RegionName;
  for?: string;
  how?: AwsWay | GreyWay;
  when: 'before' | 'after';
  action: string;
  times: string;
  rows: string;
  count: string;
  service?: InboxMessage['to'][];
}

/** `muster range`: look at the practice range, break it, heal it. */
export function registerRange(program: Command): void {
  const range = program
    .command('range')
    .description('the practice range: look, break, heal')
    .addHelpText('after', example('muster range status'));
  range
    .command('status')
    .description('how the regions, the customers and the faults are')
    .addHelpText('after', example('muster range status -o json'))
    .action(async (_options: object, command: Command) => {
      const status = await control(command).status();
      print(globals(command), status, () => renderStatus(status));
    });
  range
    .command('break')
    .description('bring a fault about')
    .addArgument(new Argument('<fault>', 'what').choices(kinds))
    .addOption(
      new Option('--region <region>', 'for lose-region, grey-region, crash-database, crash-shop, hang-shop, bad-release')
        .choices(regions)
        .default('east'),
    )
    .option('--for <duration>', 'for lag-replica, slow-switches and stalled calls, e.g. 10s')
    .addOption(
      new Option(
        '--how <how>',
        `for aws: ${awsWays.join(', ')} (error by default); for grey-region: ${greyWays.join(', ')} (errors)`,
      ).choices([...awsWays, ...greyWays]),
    )
    .addOption(new Option('--when <when>', 'for aws: before or after it has taken effect').choices(['before', 'after']).default('before'))
    .option('--action <action>', 'for aws: which calls, e.g. PromoteReadReplica', '*')
    .option('--times <count>', 'for aws: how many calls', '1')
    .option('--count <count>', 'for arc-endpoints-down: how many of the five', '3')
    .addOption(new Option('--service <service...>', 'for inbox-down: which, all of them by default').choices(messageServices))
    .option('--rows <count>', 'for corrupt-rows and corrupt-index: how many', '5')
    .addHelpText(
      'after',
      example(
        'muster range break lose-region --region east',
        'muster range break grey-region --region east --how one-way',
        'muster range break lag-replica --for 10s',
        'muster range break bad-release --region east',
        'muster range break corrupt-rows --rows 5',
        'muster range break inbox-down --service slack ticket',
        'muster range break aws --how reset --when after --action PromoteReadReplica',
      ),
    )
    .action(async (kind: Fault['kind'], options: BreakOptions, command: Command) => {
      const fault = faultOf(kind, options);
      await control(command).break(fault);
      print(globals(command), fault, () => `Broken: ${describeFault(fault)}`);
    });
  range
    .command('traffic')
    .description('let customers use another of the three names of the shop')
    .addArgument(new Argument('<name>', 'weighted records, or the name that follows a switch, or routing controls').choices(names))
    .addHelpText('after', example('muster range traffic arc'))
    .action(async (by: TrafficName, _options: object, command: Command) => {
      await control(command).follow(by);
      print(globals(command), { by }, () => `Customers use the name of ${by}.`);
    });
  range
    .command('heal')
    .description('heal every fault, or all of one kind; damaged data stays damaged until it is recovered')
    .addArgument(new Argument('[fault]', 'which').choices(kinds))
    .addOption(new Option('--region <region>', 'only there').choices(regions))
    .addHelpText('after', example('muster range heal', 'muster range heal lose-region --region east'))
    .action(async (kind: Fault['kind'] | undefined, { region }: { region?: RegionName }, command: Command) => {
      if (kind?.startsWith('corrupt-'))
        throw new CliError('damaged data cannot be healed: start recover-corrupted-database', exitCodes.usage);
      await control(command).heal({ ...(kind === undefined ? {} : { kind }), ...(region === undefined ? {} : { region }) });
      print(globals(command), { healed: kind ?? 'all' }, () => 'Healed.');
    });
}

function control(command: Command) {
  const url = process.env['MUSTER_RANGE_CONTROL'] ?? findPlaces(globals(command)).session?.range?.control;
  if (url === undefined) throw new CliError('no practice range runs here: start one with ./muster up', exitCodes.usage);
  return rangeControl(url);
}

function faultOf(kind: Fault['kind'], { region, how, when, action, ...options }: BreakOptions): Fault {
  const ms = options.for === undefined ? undefined : readDuration('--for', options.for);
  switch (kind) {
    case 'lose-region':
    case 'crash-database':
    case 'crash-shop':
    case 'hang-shop':
    case 'bad-release':
      return { kind, region };
    case 'grey-region':
      return { kind, region, how: oneOf(kind, greyWays, how ?? 'errors') };
    case 'lag-replica':
    case 'slow-switches':
      return { kind, ms: ms ?? 10_000 };
    case 'arc-endpoints-down':
      return { kind, count: count('--count', options.count) };
    case 'inbox-down':
      return { kind, ...(options.service ? { which: options.service } : {}) };
    case 'corrupt-page':
      return { kind };
    case 'corrupt-rows':
    case 'corrupt-index':
      return { kind, rows: count('--rows', options.rows) };
    case 'aws': {
      return {
        kind,
        how: oneOf(kind, awsWays, how ?? 'error'),
        when,
        action,
        times: count('--times', options.times),
        ...(ms === undefined ? {} : { ms }),
      };
    }
  }
}

function oneOf<How extends string>(kind: string, ways: readonly How[], how: string): How {
  const found = ways.find((way) => way === how);
  if (found === undefined) throw new CliError(`--how ${how}: for ${kind} say one of ${ways.join(', ')}`, exitCodes.usage);
  return found;
}

function count(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new CliError(`${option} ${text}: say a whole number from 1`, exitCodes.usage);
  return number;
}

/** A fault in words. */
export function describeFault(fault: Fault): string {
  const { kind, ...rest } = fault;
  return [kind, ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(', ');
}

function renderStatus({ regions: found, replicaLagMs, customers, faults, calls, inbox }: RangeStatus): string {
  const rows = regions.map((name) => {
    const { lost, database, shop, weight } = found[name];
    return [name, lost ? 'LOST' : 'well', database, `${shop.healthy} of ${shop.desired}`, `${weight}`];
  });
  const { acknowledged, failed, outage } = customers;
  const waited = outage.startedAt === null ? 'none' : `${duration(outage.totalMs)}${outage.over ? '' : ', and it goes on'}`;
  return [
    table(['REGION', 'STATE', 'DATABASE', 'SHOP', 'WEIGHT'], rows),
    '',
    `Replica lag: ${replicaLagMs === null ? 'not known' : duration(replicaLagMs)}`,
    `Customers: ${acknowledged} orders acknowledged, ${failed} failed; outage: ${waited}`,
    `Faults: ${faults.map(describeFault).join('; ') || 'none'}`,
    `AWS calls: ${calls.total}, of which ${calls.stateChanging} change something; messages in the inbox: ${inbox}`,
  ].join('\n');
}
