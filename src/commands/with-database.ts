import { type Config, readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { dataFolder } from '../platform/database/embedded/data-folder.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { commandLimitsOf } from '../platform/database/limits.ts';
import { Database } from '../platform/database/pool.ts';
import { type FileStore, openFileStore } from '../platform/files/file-store.ts';

/** Opens the database and the file store of the environment's settings for one command, and closes them at its end. */
export async function withDatabase<T>(
  work: (database: Database, config: Config, files: FileStore) => Promise<T>,
): Promise<T> {
  const config = readConfig(process.env);
  const opened = await openConnection(config);
  const application = await applicationConnection(opened.connection);
  const database = new Database(application, commandLimitsOf(config));
  const files = openFileStore(config, dataFolder(config.dataDir), application);
  try {
    return await work(database, config, files);
  } finally {
    await files.storage.close?.();
    await database.close();
    await opened.close();
  }
}
