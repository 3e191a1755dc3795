import pg from 'pg';
import { systemClock } from '../../src/kernel/clock.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import type { Platform } from '../../src/platform/operation.ts';
import { openSafTExport } from '../../src/saf-t-export/index.ts';
import { createClientAccount, createUser } from '../../src/tenancy/index.ts';
import { generateLedger } from '../setup/generated-ledger.ts';
import { startBenchServer } from '../setup/server.ts';

const SIZES = [1_000_000, 3_000_000];
const silent = { info() {}, warn() {}, error() {} };

/**
 * Exports generated books of one and of three million lines to nowhere, as a rendering thread does, and reports lines a
 * second and the largest memory of this process during each. An argument names a PostgreSQL installed on the machine.
 */
async function main(): Promise<void> {
  const server = await startBenchServer(process.argv[2]);
  const connection = await server.createDatabase('saf_t_export');
  await migrate(connection);
  const owner = new pg.Client(connection);
  await owner.connect();
  const database = new Database({ ...connection, max: 4 });
  const platform: Platform = { database, clock: systemClock, log: silent };
  try {
    for (const lines of SIZES) {
      const clientAccountId = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
        const createdById = await createUser(tx, {
          email: `bench-${lines}@example.test`,
          firstName: 'B',
          lastName: 'B',
        });
        return createClientAccount(tx, {
          displayName: `Bench ${lines} AS`,
          createdById,
          organizationNumber: lines === SIZES[0] ? '974760673' : '974760843',
        });
      });
      await generateLedger({ owner, platform }, clientAccountId, lines);
      await owner.query('vacuum analyze journal_entries');
      await measure(database, clientAccountId);
    }
  } finally {
    await database.close();
    await owner.end();
    await server.stop();
  }
}

async function measure(database: Database, clientAccountId: number): Promise<void> {
  globalThis.gc?.();
  let peak = 0;
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const cpu = process.cpuUsage();
  const start = performance.now();
  let bytes = 0;
  let checked = 0;
  let lines = 0;
  await database.transaction({ clientAccounts: [clientAccountId], mode: 'read', streams: true }, async (tx) => {
    const request = { from: '2026-01-01', to: '2026-12-31', userName: 'bench' };
    const opened = await openSafTExport(tx, clientAccountId, request, new Date());
    checked = (performance.now() - start) / 1000;
    ({ lines } = opened);
    await opened.writeZip(async (part) => void (bytes += part.length));
  });
  const seconds = (performance.now() - start) / 1000;
  clearInterval(sampler);
  const used = process.cpuUsage(cpu);
  console.log(
    JSON.stringify({
      lines,
      zip_megabytes: Math.round(bytes / 1e6),
      seconds: Number(seconds.toFixed(2)),
      seconds_until_first_byte: Number(checked.toFixed(2)),
      lines_per_second: Math.round(lines / seconds),
      own_cpu_seconds: Number(((used.user + used.system) / 1e6).toFixed(2)),
      peak_rss_mb: Math.round(peak / 1e6),
    }),
  );
}

await main();
