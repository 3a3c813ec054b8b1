import { NativeConnection, Worker } from '@temporalio/worker';
import '../../quiet-runtime.ts';

/** A worker that a test can kill: the desk, and incidents that only keep what they are told. */
const [address, taskQueue, codePath] = process.argv.slice(2) as [string, string, string];
// It ends with the test, however that went.
process.stdin.once('end', () => process.exit()).resume();
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath },
  // What a dead worker had in its memory is waited for so long.
  stickyQueueScheduleToStartTimeout: '1s',
});
process.stdout.write('ready\n');
await worker.run();
