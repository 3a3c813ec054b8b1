import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

const marks = globalThis as { musterQuietRuntime?: true };

// Once a process, before any worker: tests make workers by the dozen and replay what must fail. Mocha may load a file a second time.
if (!marks.musterQuietRuntime) {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  marks.musterQuietRuntime = true;
}
