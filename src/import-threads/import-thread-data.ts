import type pg from 'pg';
import type { DatabaseLimits } from '../platform/database/limits.ts';
import type { FileStoreConfig } from '../platform/files/file-store.ts';

/** What an import thread is told at its start. */
export interface ImportThreadData {
  /** Under the application's role, as the server's own. */
  connection: pg.ClientConfig;
  limits: DatabaseLimits;
  /** Where a bank file is kept. */
  files: FileStoreConfig;
  dataDir: string;
}
