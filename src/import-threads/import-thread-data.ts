import type pg from 'pg';
import type { DatabaseLimits } from '../platform/database/limits.ts';
import type { FileStoreConfig } from '../platform/files/file-store.ts';

/** Start data of an import thread. */
export interface ImportThreadData {
  /** With the application's role, like the server's own. */
  connection: pg.ClientConfig;
  limits: DatabaseLimits;
  /** Store of bank files. */
  files: FileStoreConfig;
  dataDir: string;
}
