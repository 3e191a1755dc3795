import { type Config, readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { commandLimitsOf } from '../platform/database/limits.ts';
import { Database } from '../platform/database/pool.ts';

/** The database of the environment's settings for one command, under the application's role; closed at its end. */
export async function withDatabase<T>(work: (database: Database, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const opened = await openConnection(config);
  const database = new Database(await applicationConnection(opened.connection), commandLimitsOf(config));
  try {
    return await work(database, config);
  } finally {
    await database.close();
    await opened.close();
  }
}
