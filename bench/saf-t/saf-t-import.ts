import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { importSafT } from '../../src/saf-t-import/index.ts';
import { createUser } from '../../src/tenancy/index.ts';
import { SafTFile } from '../../test/support/saf-t/saf-t-file.ts';
import { startBenchServer } from '../setup/server.ts';

/** Vouchers for 100,000 and 1,000,000 lines. */
const SIZES = [36_100, 361_000];

/**
 * Imports generated files of 100,000 and of 1,000,000 lines into a separate durable database, and reports lines per
 * second and the peak memory of this process for each. An argument names an installed PostgreSQL to use instead of the
 * embedded one.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-saf-t-'));
  const server = await startBenchServer(process.argv[2]);
  const connection = await server.createDatabase('saf_t_import');
  await migrate(connection);
  const database = new Database({ ...connection, max: 4 });
  try {
    const userId = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
      createUser(tx, { email: 'bench@example.test', firstName: 'Bench', lastName: 'Bench' }),
    );
    for (const transactions of SIZES)
      await measure(database, userId, join(folder, `${transactions}.xml`), transactions);
  } finally {
    await database.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(database: Database, userId: number, path: string, transactions: number): Promise<void> {
  const file = new SafTFile({
    transactions,
    customers: 1000,
    suppliers: 300,
    seed: transactions,
    organizationNumber: String(transactions),
  });
  await file.write(path);
  globalThis.gc?.();
  let peak = 0;
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const outcome = await importSafT(database, systemClock, {
    path,
    fileName: 'bench.xml',
    clientAccountId: null,
    userId,
    reachable: [],
  });
  const seconds = (performance.now() - start) / 1000;
  clearInterval(sampler);
  if (outcome.status !== 'succeeded') throw new Error(`refused: ${JSON.stringify(outcome.errors.slice(0, 3))}`);
  const { counts } = outcome.result;
  const used = process.cpuUsage(cpu);
  console.log(
    JSON.stringify({
      lines: counts.lines,
      entries: counts.entries,
      megabytes: Math.round(statSync(path).size / 1e6),
      seconds: Number(seconds.toFixed(2)),
      lines_per_second: Math.round(counts.lines / seconds),
      own_cpu_seconds: Number(((used.user + used.system) / 1e6).toFixed(2)),
      peak_rss_mb: Math.round(peak / 1e6),
    }),
  );
}

await main();
