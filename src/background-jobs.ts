import type pg from 'pg';
import { bankImportJob } from './banking/index.ts';
import type { Config } from './platform/config.ts';
import { dataFolder } from './platform/database/data-folder.ts';
import { Jobs } from './platform/jobs/jobs.ts';
import type { Platform } from './platform/operation.ts';
import { reportJob } from './reports/index.ts';
import { safTExportJob } from './saf-t-export/index.ts';
import { importJob } from './saf-t-import/index.ts';

/** The jobs of every domain. With no workers this process only takes them in, for others to do. */
export function startJobs(platform: Platform, config: Config, connection: pg.ClientConfig): Promise<Jobs> {
  return Jobs.start({
    connection,
    database: platform.database,
    log: platform.log,
    kinds: [
      importJob(platform),
      bankImportJob(platform),
      reportJob(platform, config.documentJobDays),
      safTExportJob(platform, config.documentJobDays),
    ],
    workers: config.workers,
    folder: dataFolder(config.dataDir),
    maxBytes: config.maxImportBytes,
  });
}
