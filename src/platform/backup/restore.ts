import { createReadStream } from 'node:fs';
import { chown, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { lockData } from '../database/embedded/data-lock.ts';
import { openDataFolder, serverAccount } from '../database/embedded/server-account.ts';
import type { BackupDescription } from './backup.ts';
import { readTar, type TarEntry } from './tar-read.ts';

/**
 * Creates a data folder from a backup; the next start recovers the database from it. Until the archive is read to its
 * end, no file is at a path that a start would use.
 *
 * @throws when the data folder is not empty, or the archive is damaged or not a backup.
 */
export async function restore(archive: string, dataDir: string): Promise<BackupDescription> {
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  const data = await realpath(dataDir);
  const found = (await readdir(data)).filter((name) => name !== 'lost+found');
  if (found.length > 0) {
    throw new Error(
      `${data} is not empty (${found.slice(0, 5).join(', ')}): choose another DATA_DIR, or move it away first`,
    );
  }
  const lock = lockData(data);
  const restoring = join(data, 'restoring');
  try {
    await mkdir(restoring, { mode: 0o700 });
    const description = await extract(archive, data, restoring);
    await syncTree(restoring);
    const parts = await readdir(restoring);
    // The database last: once it exists, a start would find data.
    for (const name of parts.toSorted()) await rename(join(restoring, name), join(data, name));
    return description;
  } catch (error) {
    throw new Error(`Nothing was restored from ${archive}: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(restoring, { recursive: true, force: true });
    lock.release();
  }
}

async function extract(archive: string, data: string, restoring: string): Promise<BackupDescription> {
  const account = serverAccount(join(data, 'postgres'));
  if (account) openDataFolder(data, account);
  const own = async (name: string) => {
    if (account && name.split('/')[0] === 'postgres') await chown(join(restoring, name), account.uid, account.gid);
  };
  let description: BackupDescription | undefined;
  const source = createReadStream(archive);
  const unzipped = createGunzip();
  source.on('error', (error) => unzipped.destroy(error));
  for await (const entry of readTar(source.pipe(unzipped))) {
    if (!description) {
      description = await readDescription(entry);
      continue;
    }
    if (!['postgres', 'files'].includes(entry.name.split('/')[0]!))
      throw new Error(`it holds an unknown part: ${entry.name}`);
    if (entry.type === 'folder') await mkdir(join(restoring, entry.name), { mode: 0o700 });
    else await writeFile(join(restoring, entry.name), entry);
    await own(entry.name);
  }
  if (!description) throw new Error('it is empty');
  return description;
}

/** Flushes everything below the folder to disk. Many files at a time, because a disk can write them together. */
async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  const worker = async (): Promise<void> => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const file = await open(path);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

async function readDescription(entry: TarEntry): Promise<BackupDescription> {
  if (entry.name !== 'hovedbok-backup.json' || entry.size > 10_000) throw new Error('it is no backup of Hovedbok');
  const pieces: Buffer[] = [];
  for await (const piece of entry.content) pieces.push(piece);
  const description = JSON.parse(Buffer.concat(pieces).toString()) as BackupDescription;
  if (description.format !== 'hovedbok-backup-1')
    throw new Error(`its format ${String(description.format)} is unknown`);
  return description;
}

async function writeFile(path: string, { content }: TarEntry): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of content) await file.write(piece);
  } finally {
    await file.close();
  }
}
