import type pg from 'pg';
import { BackgroundRounds } from './background-rounds.ts';
import { upkeepKinds } from './background-kinds.ts';
import { deliveryKinds } from '../bank-delivery/index.ts';
import { bankImportJob } from '../banking/index.ts';
import { mandateImportJob } from '../consumer-invoicing/index.ts';
import type { Config } from '../platform/config.ts';
import { Jobs } from '../platform/jobs/jobs.ts';
import type { JobKind } from '../platform/jobs/job-queue.ts';
import { Tasks } from '../platform/jobs/tasks.ts';
import { MailDelivery } from '../platform/mail.ts';
import type { Platform } from '../platform/operation.ts';
import { reportJob } from '../reports/index.ts';
import { safTExportJob } from '../saf-t-export/index.ts';
import { webhookKinds } from '../events/index.ts';
import { importJob } from '../saf-t-import/index.ts';
import { assert } from '../kernel/assert.ts';

/** Maintenance tasks that one process runs at a time. */
const UPKEEP_AT_ONCE = 2;
/** Rounds over bank mailboxes and payments that run at a time. */
const DELIVERIES_AT_ONCE = 3;
/** Webhooks delivered to at a time. */
const WEBHOOKS_AT_ONCE = 5;

export interface Background {
  jobs: Jobs;
  tasks: Tasks;
  /** Starts to run tasks, jobs and maintenance; until then this process only adds them, for others to run. */
  start(): Promise<void>;
  /** Ends within the time in any case: work that has not stopped by then is restarted elsewhere. */
  stop(withinMs: number): Promise<void>;
}

/**
 * Everything that runs without a request: jobs, balances and chain, mails, depreciation, retention. In the server's own
 * process by default; with WORKERS=0 in any number of `hovedbok worker` processes.
 */
export async function openBackground(
  platform: Platform,
  config: Config,
  connection: pg.ClientConfig,
): Promise<Background> {
  const { database, log, clock, files } = platform;
  assert(files, 'jobs keep their files in the file store');
  const tasks = await Tasks.open({ connection, log });
  const jobs = new Jobs({
    tasks,
    database,
    clock,
    log,
    files,
    kinds: jobKinds(platform, config),
    maxBytes: config.maxImportBytes,
  });
  const mail = new MailDelivery(database, log, {
    ...(config.smtpUrl ? { smtpUrl: config.smtpUrl } : {}),
    ...(config.mailFrom ? { from: config.mailFrom } : {}),
  });
  const rounds = new BackgroundRounds({ platform, tasks, mail });
  return {
    jobs,
    tasks,
    async start() {
      await tasks.work(upkeepKinds(platform, tasks, mail), UPKEEP_AT_ONCE);
      await tasks.work(deliveryKinds(platform, tasks), DELIVERIES_AT_ONCE);
      await tasks.work(webhookKinds(platform, tasks), WEBHOOKS_AT_ONCE);
      // `hovedbok worker` runs jobs even if WORKERS=0 disables them in the servers.
      await tasks.work([jobs.task], Math.max(1, config.workers));
      rounds.start();
    },
    async stop(withinMs) {
      const ended = rounds.stop();
      if (!(await tasks.stop(withinMs))) {
        log.warn({}, 'background work was not over in time and is left to others');
        await jobs.giveUp();
      }
      await ended;
      mail.close();
    },
  };
}

/** The jobs of every domain. */
export function jobKinds(platform: Platform, config: Config): JobKind[] {
  return [
    importJob(platform),
    bankImportJob(platform),
    mandateImportJob(platform),
    reportJob(platform, config.documentJobDays),
    safTExportJob(platform, config.documentJobDays),
  ];
}
