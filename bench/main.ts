import { DefaultLogger, Runtime } from '@temporalio/worker';
import { bench } from './bench.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });
process.exitCode = await bench(process.argv.slice(2), { print: (text) => console.log(text), say: (line) => console.error(line) }).catch(
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  },
);
