import { NativeConnection, Worker } from '@temporalio/worker';
import '../../quiet-runtime.ts';

/** A worker that a test can kill: the desk, and incidents that only keep what they are told. */
const [address, taskQueue, codePath] = process.argv.slice(2) as [string, string, string];
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath },
});
process.stdout.write('ready\n');
await worker.run();
