import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { openArchive } from '../archive/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { dataFolder } from '../platform/database/data-folder.ts';
import { openFileStore } from '../platform/files/file-store.ts';
import type { Command } from './command.ts';
import { withDatabase } from './with-database.ts';

export const command: Command = {
  usage: `export --client-account ID FILE

Writes everything kept of a client account to FILE, a ZIP: entries, masters, drafts, locks, log, hash chain and the
uploaded files, with a description of how they are read. Works beside a running server, and for a deactivated client
account. FILE is replaced only by a complete archive. Exit code 1 if a file is missing from it.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { 'client-account': { type: 'string' } },
    });
    const [file, ...more] = positionals;
    const wanted = values['client-account'];
    if (!file || more.length > 0 || wanted === undefined || !/^[1-9]\d{0,6}$/.test(wanted)) {
      console.error('hovedbok export: expected --client-account ID and one FILE');
      return 2;
    }
    return withDatabase(async (database, config) => {
      const archive = await openArchive({
        database,
        storage: openFileStore(config, dataFolder(config.dataDir)).storage,
        clientAccountId: Number(wanted),
        now: systemClock.now(),
      });
      if (!archive) {
        console.error(`hovedbok export: there is no client account ${wanted}`);
        return 2;
      }
      await writeWhole(archive.stream, resolve(file));
      const faults = await archive.faults;
      for (const fault of faults) console.error(`hovedbok export: ${fault}`);
      console.log(`Wrote ${resolve(file)}`);
      return faults.length === 0 ? 0 : 1;
    });
  },
};

/** Readable only to who made it; under its own name only when it is complete and on disk. */
async function writeWhole(stream: NodeJS.ReadableStream, path: string): Promise<void> {
  const writing = `${path}.${process.pid}.partial`;
  try {
    await pipeline(stream, createWriteStream(writing, { mode: 0o600 }));
    const handle = await open(writing);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(writing, path);
  } catch (error) {
    await rm(writing, { force: true });
    throw error;
  }
}
