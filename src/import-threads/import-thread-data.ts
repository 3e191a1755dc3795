import type pg from 'pg';
import type { DatabaseLimits } from '../platform/database/limits.ts';
import type { FileStoreConfig } from '../platform/files/file-store.ts';

/** Start data of an import thread. */
export interface ImportThreadData {
  /** With the application's role, like the server's own. */
  connection: pg.ClientConfig;
  limits: DatabaseLimits;
  /** Whether the database server runs on this machine, started by this one: its processes can be told to give way. */
  isEmbedded: boolean;
  /** Store of bank files. */
  files: FileStoreConfig;
  dataDir: string;
}
