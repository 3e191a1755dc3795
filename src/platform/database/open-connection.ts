import type pg from 'pg';
import type { Config } from '../config.ts';
import { dataFolder } from './embedded/data-folder.ts';
import { servingNode } from './embedded/data-lock.ts';
import { runningEmbedded, startEmbedded } from './embedded/embedded.ts';

/** A connection to the database as the owner of its schema. */
export interface OpenConnection {
  connection: pg.ClientConfig;
  /** Does not stop a database that another process serves. */
  close(): Promise<void>;
}

/**
 * For commands: the server of DATABASE_URL, the embedded database of a running server, or one started for this command.
 */
export async function openConnection(config: Config): Promise<OpenConnection> {
  if (config.databaseUrl) return { connection: { connectionString: config.databaseUrl }, close: async () => {} };
  const dataDir = dataFolder(config.dataDir);
  const running = servingNode(dataDir) && runningEmbedded(dataDir);
  if (running) return { connection: running, close: async () => {} };
  const embedded = await startEmbedded({ dataDir });
  return { connection: embedded.connection, close: embedded.stop };
}
