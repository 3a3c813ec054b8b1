/** What the command line's exit codes mean. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, refused: 3, waits: 4, waitsForPerson: 5 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command with one sentence for the person who typed it, and an exit code. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Somebody asked the command to end before it was done. */
export class Interrupted extends CliError {
  override name = 'Interrupted';
}

/** A refusal by the API or the run; `code` is a name of failures.ts, `NotFound` … */
export class RefusedError extends CliError {
  override name = 'RefusedError';
  readonly code: string;

  constructor(code: string, message: string, exitCode: ExitCode) {
    super(message, exitCode);
    this.code = code;
  }
}
