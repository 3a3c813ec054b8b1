import type { MitigationSummary } from '../runs/mitigations.ts';
import type { RunSummary } from '../runs/runs.ts';
import type { Me } from './who.ts';
import type { CommandAnswer, CommandOf, Mode, RunView, Verb } from '../workflows/messages.ts';

export interface StartRequest {
  runbook: string;
  input: unknown;
  mode: Mode;
  reason: string;
  incident?: string;
}

export interface Started {
  runId: string;
  /** False: recorded, but no worker has answered yet. */
  applied: boolean;
  /** The same request with the same key had started it before. */
  existed: boolean;
}

export interface Commanded {
  applied: boolean;
  answer?: CommandAnswer;
}

/** What a command says beside who says it: the API takes the person from the token, Temporal from `--as`. */
export type Said<V extends Verb> = Omit<CommandOf[V], 'by' | 'id' | 'channel'>;

export type ReportFormat = 'md' | 'html' | 'json';

/** How the command line reaches runs: through the API, or straight through Temporal. `key` makes a repeat harmless. */
export interface RunsClient {
  /** E.g. `the API at http://127.0.0.1:8080`. */
  readonly through: string;
  start(request: StartRequest, key: string): Promise<Started>;
  list(limit: number): Promise<RunSummary[]>;
  /** Measures that are in force, the newest first. */
  mitigations(): Promise<MitigationSummary[]>;
  view(runId: string): Promise<RunView>;
  command<V extends Verb>(runId: string, verb: V, said: Said<V>, key: string): Promise<Commanded>;
  /** A new view at once and after every change, until the run ends or the signal aborts. */
  follow(runId: string, signal: AbortSignal): AsyncIterable<RunView>;
  report(runId: string, format: ReportFormat): Promise<string>;
  /** As whom it speaks. */
  me(): Promise<Me>;
  close(): Promise<void>;
}
