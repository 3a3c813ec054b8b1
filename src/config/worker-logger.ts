import { DefaultLogger, makeTelemetryFilterString, Runtime, type Logger, type LogLevel, type LogMetadata } from '@temporalio/worker';
import { pino } from 'pino';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<LogLevel, string>;

/** One JSON line an event on standard error, in the same form as the API's. */
export function workerLogger(level = process.env['MUSTER_LOG'] ?? 'warn'): Logger {
  const out = pino({ level, base: { part: 'worker' } }, pino.destination(2));
  const log = (at: LogLevel, message: string, meta?: LogMetadata) => {
    const { taskToken: _token, error, ...rest } = (meta ?? {}) as Record<string, unknown>;
    out[levels[at]]({ ...rest, ...(error === undefined ? {} : { err: error }) }, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

/** For a process that replays histories: those that do not agree are told once, by whoever asked. */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
  });
}
