import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRange } from './start.ts';

/**
 * The range as a process of its own. Prints `{"ready":…}` on standard output when it is up and progress on standard error;
 * ends when its standard input closes, or when it is asked to. MUSTER_RANGE_FOLDER: where it keeps its data, a temporary folder by default.
 * MUSTER_RANGE_RATE: orders a second. MUSTER_RANGE_OWN_NAMES: `yes` for shops that find their database under their region's own name.
 */
async function main(): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`- ${line}\n`);
  // Standard error is for progress only; the SDK would print its wishes for newer versions of Node there.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const givenFolder = process.env.MUSTER_RANGE_FOLDER;
  const folder = givenFolder ?? (await mkdtemp(join(tmpdir(), 'muster-range-')));
  const ratePerSecond = readRate(process.env.MUSTER_RANGE_RATE);
  const ownNames = process.env.MUSTER_RANGE_OWN_NAMES === 'yes';
  const end = Promise.race([once('SIGTERM'), once('SIGINT'), inputCloses()]);
  const range = await startRange({ folder, log, ownNames, ...(ratePerSecond && { ratePerSecond }) });
  process.stdout.write(`${JSON.stringify({ ready: range.addresses })}\n`);
  await end;
  await range.stop();
  if (givenFolder === undefined) await rm(folder, { recursive: true, force: true });
}

function once(signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => process.once(signal, () => resolve()));
}

function inputCloses(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve).once('error', resolve).resume();
  });
}

function readRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (!(rate > 0 && rate <= 200)) throw new Error(`MUSTER_RANGE_RATE must be a number of orders a second up to 200, not ${text}`);
  return rate;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`- the range could not start or stop: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
