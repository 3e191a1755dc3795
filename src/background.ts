import { DepreciationSchedule } from './assets/index.ts';
import { LedgerWorker } from './ledger/index.ts';
import type { Config } from './platform/config.ts';
import { DocumentSweep } from './platform/jobs/document-sweep.ts';
import { MailDelivery } from './platform/mail.ts';
import type { Platform } from './platform/operation.ts';

/**
 * Everything that runs without a request: balances and chain, depreciation, mails, jobs. In the server's own process by default; with
 * WORKERS=0 in `hovedbok worker` processes. Several at once do no harm.
 */
export function startBackground(platform: Platform, config: Config): { stop(): Promise<void> } {
  const { database, log } = platform;
  const ledger = new LedgerWorker({ database, log });
  const mail = new MailDelivery(database, log, {
    ...(config.smtpUrl ? { smtpUrl: config.smtpUrl } : {}),
    ...(config.mailFrom ? { from: config.mailFrom } : {}),
  });
  const documents = new DocumentSweep(platform);
  const depreciation = new DepreciationSchedule(platform);
  ledger.start();
  depreciation.start();
  mail.start();
  documents.start();
  return {
    async stop() {
      await Promise.all([ledger.stop(), depreciation.stop(), mail.stop(), documents.stop()]);
    },
  };
}
