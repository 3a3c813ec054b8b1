import { postgresTool } from '../../config/tools.ts';
import type { Program } from '../../workflows/readiness/watch-list.ts';
import { sentenceOf } from './classify-failure.ts';
import { runCommand } from './run-command.ts';

/** Whether a program is there, and which one. */
export interface ProgramVersion {
  program: Program;
  /** What it says of itself; null when it cannot be run. */
  version: string | null;
  /** Oldest major version that will do; null when any will. */
  oldest: number | null;
  fits: boolean;
  detail: string;
}

const asking: Record<Program, readonly string[]> = {
  kubectl: ['version', '--client'],
  docker: ['--version'],
  // The only program that has no other way to say it, and says it on its standard error.
  ssh: ['-V'],
  pg_dump: ['--version'],
  pg_restore: ['--version'],
};
const oldest: Partial<Record<Program, number>> = { pg_dump: 14, pg_restore: 14 };
const timeoutMs = 8_000;

/** Runs a program to hear its version. Never throws because it is not there. */
export async function programVersion(program: Program): Promise<ProgramVersion> {
  const least = oldest[program] ?? null;
  try {
    const file = least === null ? program : postgresTool(program).path;
    const { stdout, stderr } = await runCommand({ file, args: asking[program], kind: 'read', timeoutMs });
    const version = (stdout.trim() || stderr.trim()).split('\n')[0]!.trim();
    const major = Number(/(\d+)[.\d]*/.exec(version)?.[1] ?? 0);
    return { program, version, oldest: least, fits: least === null || major >= least, detail: version };
  } catch (error) {
    return { program, version: null, oldest: least, fits: false, detail: sentenceOf(error) };
  }
}
