import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment } from '../../config/environment.ts';
import { connectTemporal, resolveTemporal, startEmbeddedTemporal, type TemporalTarget } from '../../config/temporal.ts';
import { quietRuntime } from '../../config/worker-logger.ts';
import { outcomeOf } from '../../tapes/outcome.ts';
import { play } from '../../tapes/play.ts';
import { scoreOf, type Score } from '../../tapes/score.ts';
import type { Tape } from '../../tapes/tape.ts';
import type { Person, RunState } from '../../workflows/messages.ts';
import type { Places } from '../connect.ts';
import { CliError, exitCodes, Interrupted } from '../exit.ts';
import { liveView } from '../view/live.ts';
import { atTerminal, elsewhere, scripted } from './deciders.ts';

export interface Played extends Score {
  runId: string;
  state: RunState;
  /** The report's file; absent when it could not be written. */
  report?: string;
}

export interface PlayTape {
  speed: number;
  /** Scripted colleagues approve. */
  yes: boolean;
  /** Show nothing while it goes on. */
  quiet: boolean;
}

/** Plays a tape on the Temporal that is configured or runs here, else on one of its own, and scores it. */
export async function playTape(tape: Tape, { speed, yes, quiet }: PlayTape, places: Places): Promise<Played> {
  const asks = process.stdin.isTTY && process.stdout.isTTY && !quiet;
  const there = resolveTemporal(places.env);
  if (there === 'embedded' && !yes && !asks)
    throw new CliError('without a terminal, and without a running Muster, nobody can be asked: say --yes', exitCodes.usage);
  quietRuntime();
  const live = quiet ? undefined : liveView();
  const asked = interrupted();
  const say = (line: string) => (quiet ? undefined : void process.stdout.write(`${line}\n`));
  return withTemporal(there, async (target) => {
    const temporal = await connectTemporal(target);
    const people = there === 'embedded' ? undefined : await peopleOf(places.environmentFile);
    const all = people ?? (tape.plan.run.people as unknown as Person[]);
    const decide = yes ? scripted(all) : there === 'embedded' && live ? atTerminal(all, live, asked) : elsewhere;
    const started = (runId: string) => {
      say(`TAPE of ${tape.runs[0]!.outcome.runId} at ${speed}×: ${runId}. Nothing is touched.`);
      if (decide === elsewhere) say(`People decide as ever: ./muster approve ${runId}, or on the page.`);
    };
    try {
      const view = await play(tape, {
        ...{ client: temporal.client, target, speed, archive: places.archive, signal: asked, started },
        ...(people === undefined ? {} : { people }),
        seen: async (now, handle) => {
          live?.show(now);
          await decide(now, handle);
        },
      });
      if (asked.aborted || !view) throw new Interrupted('the tape was taken out before the run ended');
      const refusals = view.timeline.filter(({ kind, text }) => kind === 'operator' && text.startsWith('Refused ')).length;
      const report = join(places.archive, view.runId, 'report.html');
      return {
        ...scoreOf(tape.runs[0]!.outcome, outcomeOf(view), refusals),
        ...{ runId: view.runId, state: view.state, ...(existsSync(report) ? { report } : {}) },
      };
    } finally {
      live?.end();
      await temporal.close();
    }
  });
}

async function withTemporal<T>(there: TemporalTarget | 'embedded', use: (target: TemporalTarget) => Promise<T>): Promise<T> {
  if (there !== 'embedded') return use(there);
  const folder = await mkdtemp(join(tmpdir(), 'muster-tape-'));
  const server = await startEmbeddedTemporal({ folder });
  try {
    const { address, namespace } = server;
    return await use({ address, namespace, connectionOptions: { address } });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function peopleOf(environmentFile: string): Promise<Person[]> {
  const { people } = await loadEnvironment(environmentFile);
  return people.map(({ subject, name, roles, duties }) => ({ subject, name, roles, duties }));
}

/** Aborts when somebody asks this process to end; then the run is ended too. */
function interrupted(): AbortSignal {
  const asked = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => asked.abort());
  return asked.signal;
}
