import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { apiDescription } from './api-description/api-description.ts';
import { archiveRoutes } from './archive/index.ts';
import { assetsRoutes } from './assets/index.ts';
import { deliveryRoutes, watchMailboxes } from './bank-delivery/index.ts';
import { bankingRoutes } from './banking/index.ts';
import { consumerInvoicingRoutes, registerIssuerPages, registerSoap } from './consumer-invoicing/index.ts';
import { billingRoutes } from './billing/index.ts';
import { DEMO_SIGN_INS } from './demo/index.ts';
import { documentsRoutes } from './documents/index.ts';
import { eventRoutes } from './events/index.ts';
import { integrationRoutes } from './integrations/index.ts';
import { invoiceRoutes } from './invoices/index.ts';
import { ledgerRoutes } from './ledger/index.ts';
import { mastersRoutes } from './masters/index.ts';
import { paymentRoutes } from './payments/index.ts';
import type { Config } from './platform/config.ts';
import { validateAnswer } from './platform/http/checks/answer-check.ts';
import type { Route } from './platform/http/route.ts';
import { createHttpServer } from './platform/http/server.ts';
import { Metrics } from './platform/observability/metrics.ts';
import { observeHttp } from './platform/observability/observe-http.ts';
import type { Platform } from './platform/operation.ts';
import type { Tasks } from './platform/jobs/tasks.ts';
import { jobRoutes } from './platform/jobs/jobs.routes.ts';
import { reportRoutes } from './reports/index.ts';
import { safTExportRoutes } from './saf-t-export/index.ts';
import { safTImportRoutes } from './saf-t-import/index.ts';
import { authenticate, registerOAuth, registerSignIn, tenancyRoutes } from './tenancy/index.ts';
import { vatReturnRoutes } from './vat-return/index.ts';
import { registerApiDocs, registerPages } from './web-pages/index.ts';

export interface AppOptions {
  platform: Platform;
  config: Config;
  logger?: FastifyBaseLogger;
  /** The queue of background work, for the metrics. */
  tasks?: Tasks;
  /** Validate every response against its declared schema and fail on a difference. For tests. */
  validateAnswers?: boolean;
}

export interface App {
  server: FastifyInstance;
  close(): Promise<void>;
}

/** Every declared endpoint, domain by domain. */
export const allRoutes: readonly Route[] = [
  ...tenancyRoutes,
  ...mastersRoutes,
  ...ledgerRoutes,
  ...documentsRoutes,
  ...assetsRoutes,
  ...integrationRoutes,
  ...bankingRoutes,
  ...deliveryRoutes,
  ...paymentRoutes,
  ...billingRoutes,
  ...invoiceRoutes,
  ...reportRoutes,
  ...vatReturnRoutes,
  ...consumerInvoicingRoutes,
  ...safTExportRoutes,
  ...safTImportRoutes,
  ...jobRoutes,
  ...eventRoutes,
  ...archiveRoutes,
];

/** Assembles the domains into one server. Does not listen yet. */
export async function createApp({ platform, config, logger, tasks, validateAnswers }: AppOptions): Promise<App> {
  const server = createHttpServer({
    platform,
    routes: allRoutes,
    authenticate: authenticate(platform),
    ...(logger ? { logger } : {}),
    trustProxy: config.trustProxy,
    ...(validateAnswers ? { onAnswer: validateAnswer } : {}),
  });
  const metrics = new Metrics();
  metrics.watchDatabase(platform.database);
  if (platform.rendering) metrics.watchRendering(platform.rendering);
  if (platform.jobs) metrics.watchJobs(platform.jobs);
  if (tasks) metrics.watchTasks(tasks);
  if (platform.outside?.bankMailboxes?.length) watchMailboxes(metrics.registry, platform.database);
  if (platform.outside?.outbound) metrics.watchOutbound(platform.outside.outbound);
  observeHttp(server, { platform, metrics, metricsToken: config.metricsToken });
  await registerSignIn(server, platform);
  await registerOAuth(server, platform, {
    publicUrl: platform.publicUrl ?? `http://${config.host}:${config.port}`,
    // The server has removed untrusted headers.
    trustProxy: config.trustProxy !== 0,
  });
  await registerIssuerPages(server, platform);
  await registerSoap(server, platform, { namespace: config.soapNamespace });
  await registerApiDocs(server, apiDescription(allRoutes));
  await registerPages(server, {
    platform,
    authenticate: authenticate(platform),
    demoSignIns: (config.demo ?? config.databaseUrl === undefined) ? DEMO_SIGN_INS : [],
    sendsMail: config.smtpUrl !== undefined,
  });
  await server.ready();
  return { server, close: () => server.close() };
}
