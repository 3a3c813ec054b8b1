import express, { type Express, type Request, type RequestHandler } from 'express';
import helmet from 'helmet';
import { pino, type Logger } from 'pino';
import { catalogue as ourCatalogue, type RunbookEntry } from '../catalogue.ts';
import { openTokens } from '../config/access/tokens.ts';
import type { Environment } from '../config/environment.ts';
import type { DeskQueue } from '../incidents/desk-queue.ts';
import type { Incidents } from '../incidents/incidents.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { DrillBook } from '../workflows/lifecycle/drill-book.ts';
import type { Runs } from '../runs/runs.ts';
import { createAccess, fileTokens, readTokens, type Bearer } from './access.ts';
import { createAlertAccess } from './alert-access.ts';
import { answerProblems, ApiProblem } from './errors.ts';
import { createLedger } from './idempotency.ts';
import { countIncidents } from './incident-gauges.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { mount } from './mount.ts';
import { countDrills } from './drill-gauges.ts';
import { countReadiness } from './readiness-gauges.ts';
import type { Caller, Route } from './route.ts';
import { incidentMetricsRoutes } from './routes/incident-metrics.ts';
import { incidentSignalRoutes } from './routes/incident-signals.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { alertRoutes } from './routes/alerts.ts';
import { healthRoutes, type Health } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { mitigationRoutes } from './routes/mitigations.ts';
import { pageRoutes } from './routes/page.ts';
import { pagerDutyRoutes } from './routes/pagerduty.ts';
import { readinessRoutes } from './routes/readiness.ts';
import { reportRoutes } from './routes/report.ts';
import { runbookRoutes } from './routes/runbooks.ts';
import { runRoutes } from './routes/runs.ts';
import { sessionRoutes } from './routes/session.ts';
import { signalRoutes } from './routes/signals.ts';
import { slackRoutes } from './routes/slack.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createStreams } from './sse.ts';
import { storedTokens } from './stored-tokens.ts';

export interface AppOptions {
  environment: Environment;
  runs: Runs;
  incidents: Incidents;
  /** Without it nobody is told how ready the recovery plans are. */
  readiness?: Pick<Readiness, 'view' | 'evaluate'>;
  /** The book of exercises; without it their figures are not told. */
  drillBook?: () => Promise<DrillBook>;
  /** Where alerts go; without it none are taken. */
  alerts?: Pick<DeskQueue, 'alerts'>;
  health: Health;
  archiveFolder: string;
  metrics?: Metrics;
  catalogue?: readonly RunbookEntry[];
  /** `subject:token` of a sign-in link that works once. */
  signIn?: string | undefined;
  /** Names under which browsers may come, beside those of this machine: `muster.example`. */
  hosts?: readonly string[] | undefined;
  /** Addresses of proxies whose word on the caller and on TLS counts, as express takes them: `loopback`, `10.0.0.0/8`. */
  trustProxy?: readonly string[] | undefined;
  /** Where references to tokens are looked up. */
  env?: NodeJS.ProcessEnv;
  limits?: Partial<Limits>;
  log?: Logger;
  /** Ends the live views. */
  stopping?: AbortSignal;
  heartbeatMs?: number;
  answerWithinMs?: number;
}

/** Builds the API as an express app that listens nowhere yet. Throws when a token, a person or a route's permission is missing. */
export function createApp(options: AppOptions): Express {
  const { environment, metrics = createMetrics(), log = pino({ level: 'silent' }), answerWithinMs = 35_000 } = options;
  const sessions = createSessions(environment.people, options.signIn);
  const bearer = eitherOf(
    fileTokens(readTokens(environment.people, options.env)),
    storedTokens(environment.people, openTokens(environment.name, options.env)),
  );
  const access = createAccess({ bearer, sessions, hosts: options.hosts });
  const severities = environment.incidents?.policy.severities.map(({ name }) => name) ?? [];
  countIncidents(metrics.registry, options.incidents, severities);
  if (options.drillBook) countDrills(metrics.registry, options.drillBook);
  if (options.readiness) countReadiness(metrics.registry, options.readiness);
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('trust proxy', options.trustProxy ? [...options.trustProxy] : false)
    .set('query parser', 'simple');
  app.use(securityHeaders());
  mount(app, allRoutes(options, metrics, { sessions, bearer, access }, log), {
    access,
    ...(options.alerts ? { alertAccess: createAlertAccess(environment, options.env) } : {}),
    limits: { ...defaultLimits, ...options.limits },
    metrics,
    log,
    answerWithinMs,
  });
  app.use(notFound);
  app.use(answerProblems(log));
  return app;
}

/** The file's come first: they count also while the store cannot be read. */
const eitherOf =
  (first: Bearer, second: Bearer): Bearer =>
  (hash) =>
    first(hash) ?? second(hash);

interface Doors {
  sessions: Sessions;
  bearer: Bearer;
  access: (request: Request) => Caller;
}

function allRoutes(options: AppOptions, metrics: Metrics, { sessions, bearer, access }: Doors, log: Logger): Route[] {
  const { environment, runs, incidents, catalogue = ourCatalogue, stopping, heartbeatMs = 15_000 } = options;
  const ledger = createLedger();
  const streams = createStreams({ access, heartbeatMs, stopping, onCount: (open) => metrics.streamsOpen(open) });
  const reports = { archiveFolder: options.archiveFolder, environment: environment.name };
  const routes = [
    ...runbookRoutes(catalogue),
    ...runRoutes({ runs, catalogue, ledger, streams }),
    ...signalRoutes({ runs, ledger }),
    ...mitigationRoutes(runs),
    ...(options.readiness ? readinessRoutes(options.readiness) : []),
    ...(options.alerts ? alertRoutes({ environment, queue: options.alerts, metrics, log }) : []),
    ...incidentMetricsRoutes({ environment, incidents }),
    ...incidentRoutes({ incidents, runs, catalogue, ledger, streams, reports }),
    ...incidentSignalRoutes({ incidents, ledger }),
    ...pagerDutyRoutes({ environment, incidents, log, env: options.env }),
    ...slackRoutes({ environment, runs, log, env: options.env }),
    ...reportRoutes(reports),
    ...sessionRoutes({ environment, sessions, bearer, hosts: options.hosts }),
    ...healthRoutes(options.health),
    ...metricsRoutes(metrics),
    ...pageRoutes(),
  ];
  return [...routes, ...openApiRoutes(routes, environment.title)];
}

/** Nothing but our own files may run in the page, and answers stay out of caches. */
function securityHeaders(): RequestHandler[] {
  const self = ["'self'"];
  const none = ["'none'"];
  const directives = {
    defaultSrc: none,
    scriptSrc: self,
    styleSrc: self,
    connectSrc: self,
    imgSrc: [...self, 'data:'],
    baseUri: none,
    formAction: none,
    frameAncestors: none,
    requireTrustedTypesFor: ["'script'"],
  };
  return [
    // Who ends TLS in front of us decides about HSTS.
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
      strictTransportSecurity: false,
      referrerPolicy: { policy: 'no-referrer' },
    }),
    (_request, response, next) => {
      response.set('Cache-Control', 'no-store');
      next();
    },
  ];
}

const notFound: RequestHandler = ({ method, path }) => {
  throw new ApiProblem(404, 'NotFound', `There is no ${method} ${path}; GET /api/openapi.json lists what there is.`);
};
