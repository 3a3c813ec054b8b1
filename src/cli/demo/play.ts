import { setTimeout as delay } from 'node:timers/promises';
import type { RunView } from '../../workflows/messages.ts';
import { createApiClient } from '../api-client.ts';
import { CliError, Interrupted } from '../exit.ts';
import { rangeControl, type RangeControl } from '../range-control.ts';
import type { Stack } from '../stack.ts';
import { liveView } from '../view/live.ts';
import { duration } from '../../words/durations.ts';
import { decideWith } from './deciders.ts';
import { archivedReport, summarise } from './summary.ts';

export interface PlayOptions {
  planned: boolean;
  /** How far the replica lags before the region is lost, in milliseconds. */
  lagMs?: number;
  /** A person sits at the terminal and is one of the approvers. */
  interactive: boolean;
  /** Aborts when somebody asks us to end. */
  asked: AbortSignal;
}

const from = 'east';
const to = 'west';

/** Plays the loss of a region on a stack that is up. True when it went as it must: completed, counted and checked. */
export async function play(stack: Stack, options: PlayOptions): Promise<boolean> {
  const { planned, lagMs, asked } = options;
  const control = rangeControl(stack.addresses.control!);
  const say = (line: string) => void process.stdout.write(`${line}\n`);

  await steadyCustomers(control, asked);
  say(`  ✔ ${await customersLine(control)}`);
  if (lagMs !== undefined) {
    say(`Holding the replica back by ${duration(lagMs)}`);
    await control.break({ kind: 'lag-replica', ms: lagMs });
    await until('the replica to lag', asked, async () => ((await control.status()).replicaLagMs ?? 0) >= lagMs * 0.9, lagMs + 60_000);
  }
  if (!planned) {
    await control.break({ kind: 'lose-region', region: from });
    say(`The region ${from} is lost: shop, database and AWS endpoints`);
  }

  const sam = createApiClient({ url: stack.addresses.api, token: stack.tokens['sam'] });
  const { runId } = await sam.start(
    {
      runbook: 'fail-over-region',
      mode: 'live',
      reason: planned ? `${from} needs maintenance` : `${from} is lost`,
      input: { service: 'shop', from, to, planned },
    },
    `demo-${process.pid}-${Date.now()}`,
  );
  say(`Sam starts fail-over-region (${runId})\n`);
  const view = await followToTheEnd(stack, runId, options);
  const report = await archivedReport(stack.archive, runId);
  return summarise({ stack, control, view, planned, report, say });
}

async function followToTheEnd(stack: Stack, runId: string, { interactive, asked }: PlayOptions): Promise<RunView> {
  const watcher = createApiClient({ url: stack.addresses.api, token: stack.tokens['you'] });
  // Its deciders answer by themselves, or ask here.
  const live = liveView(process.stdout, { saysWaits: false });
  const decide = decideWith(stack, { interactive, asked, live });
  let last: RunView | undefined;
  try {
    for await (const view of watcher.follow(runId, asked)) {
      last = view;
      live.show(view);
      await decide(view);
    }
  } finally {
    live.end();
  }
  if (asked.aborted || !last) throw new Interrupted('the demo was ended before the run did');
  return last;
}

/** Waits until customers buy as they usually do. */
export async function steadyCustomers(control: RangeControl, asked: AbortSignal): Promise<void> {
  const wanted = 15;
  await until('customers to buy', asked, async () => (await control.status()).customers.acknowledged >= wanted, 60_000);
}

async function customersLine(control: RangeControl): Promise<string> {
  const { customers, regions, replicaLagMs } = await control.status();
  const { acknowledged, failed } = customers;
  const lag = replicaLagMs === null ? 'lag not known' : `lag ${duration(replicaLagMs)}`;
  return `customers are buying in ${from} (${acknowledged} orders, ${failed} failed); ${to} is a ${regions[to].database}, ${lag}`;
}

async function until(what: string, asked: AbortSignal, holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (asked.aborted) throw new Interrupted('the demo was ended');
    if (Date.now() > deadline) throw new CliError(`waited ${duration(withinMs)} for ${what}, in vain`);
    await delay(100);
  }
}
