import pg from 'pg';
import type { Config } from '../config.ts';
import { FILE_CONNECTIONS } from '../files/file-store.ts';
import { TASK_CONNECTIONS } from '../jobs/tasks.ts';
import type { Log } from '../operation.ts';
import { StartFault } from '../start-fault.ts';
import { CONNECTIONS_BESIDE } from './pool.ts';

/** Connections of one thread that renders a document. */
const RENDERING_CONNECTIONS = 3;

type Sized = Pick<Config, 'databasePoolSize' | 'renderingThreads' | 'fileStorage' | 'databaseUrl' | 's3Endpoint'>;

/** The most database connections that one process opens at once, by purpose. */
export function connectionsOf(config: Sized): { name: string; count: number }[] {
  const inDatabase =
    (config.fileStorage ?? (config.databaseUrl && !config.s3Endpoint ? 'database' : '')) === 'database';
  return [
    { name: 'DATABASE_POOL_SIZE', count: config.databasePoolSize },
    { name: 'imports, streams and waiting postings', count: CONNECTIONS_BESIDE },
    { name: 'the queue of background work', count: TASK_CONNECTIONS },
    { name: 'files in the database', count: inDatabase ? FILE_CONNECTIONS : 0 },
    { name: `RENDERING_THREADS × ${RENDERING_CONNECTIONS}`, count: config.renderingThreads * RENDERING_CONNECTIONS },
  ].filter(({ count }) => count > 0);
}

/**
 * Compares what this process may open with what the server allows. Throws `StartFault` if it would not fit even alone:
 * it would start and then fail under load. Logs a warning if two such processes would not fit.
 */
export async function requireRoom(connection: pg.ClientConfig, config: Sized, log: Log): Promise<void> {
  const parts = connectionsOf(config);
  const needed = parts.reduce((sum, { count }) => sum + count, 0);
  const room = await roomOf(connection);
  const sum = `${needed} (${parts.map(({ name, count }) => `${name} ${count}`).join(', ')})`;
  if (needed > room)
    throw new StartFault(
      `The database gives ${room} connections and this process may need ${sum}. ` +
        'Raise max_connections of the server, or lower DATABASE_POOL_SIZE or RENDERING_THREADS',
    );
  if (config.databaseUrl && 2 * needed > room)
    log.warn(
      { room, needed, parts },
      `the database gives ${room} connections; a second node or worker like this one, which may need ${sum}, does not fit`,
    );
}

/** The connections that the server, the database and the user allow a user without privileges. */
async function roomOf(connection: pg.ClientConfig): Promise<number> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<{ room: number }>(`
      select least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true), '0')::int,
        (select nullif(datconnlimit, -1) from pg_database where datname = current_database()),
        (select nullif(rolconnlimit, -1) from pg_roles where rolname = session_user)) as room`);
    return rows[0]!.room;
  } finally {
    await client.end();
  }
}
