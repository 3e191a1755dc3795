import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDemo } from '../../src/demo/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { openFileStore } from '../../src/platform/files/file-store.ts';
import { type Result, whole } from '../setup/result.ts';
import type { BenchServer } from '../setup/server.ts';

const MOST_SECONDS = 20;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Making the demo, documents included, as a first start does on an empty database. */
export async function measureDemo(server: BenchServer): Promise<Result> {
  const connection = await server.createDatabase('demo');
  await migrate(connection);
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-demo-'));
  const database = new Database({ ...connection, max: 10 });
  try {
    const platform = { database, clock: systemClock, log: silent, files: openFileStore(readConfig({}), folder) };
    const begun = performance.now();
    await createDemo(platform);
    const seconds = (performance.now() - begun) / 1000;
    return {
      measure: 'making the demo',
      target: `< ${MOST_SECONDS} s`,
      seen: `${seconds.toFixed(1)} s`,
      reached: seconds < MOST_SECONDS,
      detail: await countOf(connection),
    };
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function countOf(connection: pg.ClientConfig): Promise<string> {
  const owner = new pg.Client(connection);
  await owner.connect();
  try {
    const { rows } = await owner.query<{ entries: string; lines: string; files: string }>(`
      select (select count(*) from journal_entries) as entries, (select count(*) from journal_entry_lines) as lines,
        (select count(*) from files) as files`);
    const { entries, lines, files } = rows[0]!;
    return `${whole(Number(entries))} entries, ${whole(Number(lines))} lines, ${whole(Number(files))} documents`;
  } finally {
    await owner.end();
  }
}
