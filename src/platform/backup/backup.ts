import { createWriteStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import sql from 'sql-template-tag';
import { endOfArchive, fileEntry, folderEntry, textEntry } from './tar-write.ts';

/** The first entry of an archive. */
export interface BackupDescription {
  format: 'hovedbok-backup-1';
  createdAt: string;
  /** Major version of the PostgreSQL that wrote the data files. */
  postgres: number;
}

/**
 * Writes the embedded database and the uploaded files to a gzipped tar archive, while the server is running. The
 * archive holds every transaction committed before the end of the copying; the files are copied last, because a file is
 * stored before the transaction that names it.
 *
 * PostgreSQL documentation, 25.3.4 "Making a Base Backup Using the Low Level API".
 *
 * @param connection to the embedded database, as a superuser.
 */
export async function backup(connection: pg.ClientConfig, target: string, now: Date): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  // Readable only to the user who made it, because it holds all data. It gets its own name only when complete.
  const writing = `${target}.${process.pid}.partial`;
  try {
    await pipeline(
      Readable.from(archive(client, now)),
      createGzip({ level: 3 }),
      createWriteStream(writing, { mode: 0o600 }),
    );
    await sync(writing);
    await rename(writing, target);
    await sync(dirname(target));
  } catch (error) {
    await rm(writing, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

async function* archive(client: pg.Client, now: Date): AsyncGenerator<Buffer> {
  const { rows } = await client.query<{ cluster: string; version: number }>(
    sql`select current_setting('data_directory') as cluster, current_setting('server_version_num')::int as version`,
  );
  const { cluster, version } = rows[0]!;
  const description: BackupDescription = {
    format: 'hovedbok-backup-1',
    createdAt: now.toISOString(),
    postgres: Math.floor(version / 10_000),
  };
  yield textEntry('hovedbok-backup.json', `${JSON.stringify(description)}\n`);
  const files = join(dirname(cluster), 'files');
  // Files first: the copied database may still refer to a file that is deleted during the copy. Files that arrive
  // meanwhile are added at the end.
  const began = Date.now() - CLOCK_TICK;
  const copied = new Set<string>();
  yield* folder(files, 'files', () => false, copied, began);
  // The temporary slot keeps the write-ahead log from its restart point until the session ends.
  await client.query(`select pg_create_physical_replication_slot('hovedbok_backup_' || pg_backend_pid(), true, true)`);
  const { rows: start } = await client.query<{ segment: string }>(
    `select pg_walfile_name(pg_backup_start('hovedbok', fast => true)) as segment`,
  );
  yield* folder(cluster, 'postgres', excluded);
  const { rows: ended } = await client.query<{ segment: string; labelfile: string }>(
    'select pg_walfile_name(lsn) as segment, labelfile from pg_backup_stop(wait_for_archive => false)',
  );
  yield textEntry('postgres/backup_label', ended[0]!.labelfile);
  yield* writeAheadLog(cluster, start[0]!.segment, ended[0]!.segment);
  yield* newFiles(files, 'files', copied, began);
  yield endOfArchive;
}

/** Segment names of one timeline sort by age. */
async function* writeAheadLog(cluster: string, first: string, last: string): AsyncGenerator<Buffer> {
  const names = (await readdir(join(cluster, 'pg_wal'))).filter((name) => /^[0-9A-F]{24}$/.test(name)).toSorted();
  const needed = names.filter((name) => name >= first && name <= last);
  if (needed[0] !== first || needed.at(-1) !== last) throw new Error(`The write-ahead log lacks ${first} to ${last}`);
  for (const name of needed) yield* fileEntry(`postgres/pg_wal/${name}`, join(cluster, 'pg_wal', name));
}

/** Resolution of file system timestamps. */
const CLOCK_TICK = 10_000;

/** `copied`: receives the names of files that arrived since the given moment. */
async function* folder(
  path: string,
  name: string,
  skip: (name: string) => boolean,
  copied?: Set<string>,
  since = 0,
): AsyncGenerator<Buffer> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!entries) return;
  yield folderEntry(name);
  for (const entry of entries) {
    const inside = `${name}/${entry.name}`;
    if (skip(inside)) continue;
    if (entry.isDirectory()) yield* folder(join(path, entry.name), inside, skip, copied, since);
    else if (entry.isFile()) {
      if (copied && (await cameSince(join(path, entry.name), since))) copied.add(inside);
      yield* fileEntry(inside, join(path, entry.name));
    }
  }
}

/** Files that arrived since the given moment and are not copied yet, possibly in new folders. */
async function* newFiles(
  path: string,
  name: string,
  copied: ReadonlySet<string>,
  since: number,
): AsyncGenerator<Buffer> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const [at, inside] = [join(path, entry.name), `${name}/${entry.name}`];
    if (entry.isDirectory()) yield* newFiles(at, inside, copied, since);
    else if (entry.isFile() && !copied.has(inside) && (await cameSince(at, since))) yield* fileEntry(inside, at);
  }
}

async function cameSince(path: string, moment: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.ctimeMs >= moment;
}

const emptied = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

/**
 * Files that a backup must leave out (the log, copied at the end) or may leave out (recreated at start); same
 * documentation, 25.3.4.
 */
function excluded(name: string): boolean {
  const [, first, ...rest] = name.split('/');
  if (rest.length > 0 && emptied.has(first!)) return !/^(archive_status|summaries)$/.test(rest.join('/'));
  const last = name.slice(name.lastIndexOf('/') + 1);
  return (
    ['postmaster.pid', 'postmaster.opts', 'backup_label', 'tablespace_map'].includes(first!) ||
    last.startsWith('pgsql_tmp') ||
    last.startsWith('pg_internal.init') ||
    /^t\d+_\d+/.test(last)
  );
}

async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
