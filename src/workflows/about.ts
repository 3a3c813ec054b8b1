import type { CarePlatform } from './ports/care-platform.ts';

/** What a runbook says of itself, beside its page: everything that people read of it before they start it. Data only, no code. */
export interface About {
  /** That of its file, used in addresses and on the command line; the workflow's type is the same in camel case. */
  name: string;
  title: string;
  /** When to use it, as one or two sentences. */
  when: string;
  /** Runbook of the seed systems and heading that it encodes. */
  source: string;
  /** An input that can be started as it stands. */
  example: Readonly<Record<string, unknown>>;
  /** Questions in the order in which they can come; a scenario asks only those that fit what it sees. */
  asks: readonly string[];
  undoes: string;
}

/** A runbook that is named by what is seen. */
export interface AboutScenario extends Omit<About, 'example'> {
  /** How one notices it. */
  symptoms: readonly string[];
  /** What runs a service that it can work on. */
  platforms: readonly CarePlatform[];
  /** What it is started on; `src/catalogue/scenarios.ts` knows what is asked for each. */
  input: 'service' | 'database' | 'node';
  /** A key of the service that the environment must describe; the run holds a lease on it. */
  needs?: string;
}
