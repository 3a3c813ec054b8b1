// The product's worker as it is, in a process that also tells how much memory it has.
import '../src/worker.ts';

const everyMs = 250;

setInterval(() => process.stdout.write(`${JSON.stringify({ rss: process.memoryUsage.rss() })}\n`), everyMs).unref();
