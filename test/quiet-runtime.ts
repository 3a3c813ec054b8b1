import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

// Once a process, before any worker: tests make workers by the dozen and replay what must fail.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});
