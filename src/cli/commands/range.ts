import { Argument, Option, type Command } from 'commander';
import type { Fault, RangeStatus, RegionName } from '../../range/contract.ts';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print, table } from '../output.ts';
import { rangeControl } from '../range-control.ts';
import { span } from '../view/words.ts';
import { readDuration } from './watch.ts';

const regions = ['east', 'west'] as const satisfies RegionName[];
const kinds = ['lose-region', 'lag-replica', 'crash-shop', 'hang-shop', 'aws', 'inbox-down'] as const satisfies Fault['kind'][];

interface BreakOptions {
  region: RegionName;
  for?: string;
  how: 'throttle' | 'error' | 'reset' | 'stall';
  when: 'before' | 'after';
  action: string;
  times: string;
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
    .addOption(new Option('--region <region>', 'for lose-region, crash-shop, hang-shop').choices(regions).default('east'))
    .option('--for <duration>', 'for lag-replica and stalled calls, e.g. 10s')
    .addOption(new Option('--how <how>', 'for aws').choices(['throttle', 'error', 'reset', 'stall']).default('error'))
    .addOption(new Option('--when <when>', 'for aws: before or after it has taken effect').choices(['before', 'after']).default('before'))
    .option('--action <action>', 'for aws: which calls, e.g. PromoteReadReplica', '*')
    .option('--times <count>', 'for aws: how many calls', '1')
    .addHelpText(
      'after',
      example(
        'muster range break lose-region --region east',
        'muster range break lag-replica --for 10s',
        'muster range break aws --how reset --when after --action PromoteReadReplica',
      ),
    )
    .action(async (kind: Fault['kind'], options: BreakOptions, command: Command) => {
      const fault = faultOf(kind, options);
      await control(command).break(fault);
      print(globals(command), fault, () => `Broken: ${describeFault(fault)}`);
    });
  range
    .command('heal')
    .description('heal every fault, or all of one kind')
    .addArgument(new Argument('[fault]', 'which').choices(kinds))
    .addOption(new Option('--region <region>', 'only there').choices(regions))
    .addHelpText('after', example('muster range heal', 'muster range heal lose-region --region east'))
    .action(async (kind: Fault['kind'] | undefined, { region }: { region?: RegionName }, command: Command) => {
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
    case 'crash-shop':
    case 'hang-shop':
      return { kind, region };
    case 'lag-replica':
      return { kind, ms: ms ?? 10_000 };
    case 'inbox-down':
      return { kind };
    case 'aws': {
      const times = Number(options.times);
      if (!Number.isInteger(times) || times < 1) throw new CliError(`--times ${options.times}: say a whole number from 1`, exitCodes.usage);
      return { kind, how, when, action, times, ...(ms === undefined ? {} : { ms }) };
    }
  }
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
  const waited = outage.startedAt === null ? 'none' : `${span(outage.totalMs)}${outage.over ? '' : ', and it goes on'}`;
  return [
    table(['REGION', 'STATE', 'DATABASE', 'SHOP', 'WEIGHT'], rows),
    '',
    `Replica lag: ${replicaLagMs === null ? 'not known' : span(replicaLagMs)}`,
    `Customers: ${acknowledged} orders acknowledged, ${failed} failed; outage: ${waited}`,
    `Faults: ${faults.map(describeFault).join('; ') || 'none'}`,
    `AWS calls: ${calls.total}, of which ${calls.stateChanging} change something; messages in the inbox: ${inbox}`,
  ].join('\n');
}
