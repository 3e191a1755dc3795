import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { bankImportJob } from '../../src/banking/index.ts';
import { openImportThreads } from '../../src/import-threads/import-threads.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import type { StagedFile } from '../../src/platform/files/staged-file.ts';
import { openFileStore } from '../../src/platform/files/file-store.ts';
import type { JobKind } from '../../src/platform/jobs/job-queue.ts';
import { importJob } from '../../src/saf-t-import/index.ts';
import { SafTFile } from '../../test/support/saf-t/saf-t-file.ts';
import { type Bank, openBank, writeBankFile } from '../bank/banking.ts';
import type { Result } from '../setup/result.ts';
import { startBenchServer } from '../setup/server.ts';

const VOUCHERS = 20_000;
const BANK_ENTRIES = 100_000;
/** Share of the time in which the main thread may be at work, and deaf to others, for imports on threads. */
const MOST_BUSY = 0.05;
/** What the timer itself is late by is no pause. */
const RESOLUTION_MS = 5;

const silent = { info() {}, warn() {}, error() {} };

/** How long the main thread is blocked at a time while imports run, on itself and on threads; on a separate server. */
export async function measurePauses(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-pauses-'));
  const server = await startBenchServer();
  try {
    const connection = await server.createDatabase('pauses');
    await migrate(connection);
    const owner = new pg.Client(connection);
    await owner.connect();
    const database = new Database({ ...connection, max: 6 });
    const config = readConfig({ DATA_DIR: folder });
    const imports = openImportThreads(config, { connection, log: silent });
    try {
      const files = openFileStore(config, folder);
      const bank = await openBank({ database, clock: systemClock, log: silent, files }, owner);
      const results: Result[] = [await pausesOfNothing()];
      for (const isOnThread of [false, true]) {
        if (isOnThread) bank.platform.imports = imports;
        const where = isOnThread ? 'on a thread' : 'on the main thread';
        const safT = join(folder, `${isOnThread}.xml`);
        const number = String(isOnThread ? 987654325 : 923609016);
        await new SafTFile({ transactions: VOUCHERS, customers: 1000, organizationNumber: number }).write(safT);
        results.push(await pausesOf(`SAF-T import ${where}`, bank, importJob(bank.platform), safT, isOnThread));
        const camt = await writeBankFile(join(folder, `${isOnThread}.camt`), `M-${isOnThread}`, BANK_ENTRIES);
        results.push(await pausesOf(`bank import ${where}`, bank, bankImportJob(bank.platform), camt, isOnThread));
      }
      return results;
    } finally {
      await imports.close();
      await database.close();
      await owner.end();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pausesOf(
  measure: string,
  { platform, clientAccountId, userId }: Bank,
  kind: JobKind,
  path: string,
  isOnThread: boolean,
): Promise<Result> {
  const upload: StagedFile = await platform.files!.stage(createReadStream(path), 1e9);
  upload.name = 'bench.xml';
  const input = {
    file_name: 'bench.xml',
    client_account_id: kind.kind === 'import_saf_t' ? null : clientAccountId,
    bank_account_id: null,
    accept_suspicious: true,
    request_id: null,
  };
  const {
    value: end,
    busy,
    summary,
  } = await listening(() =>
    kind.run({
      jobId: 0,
      userId,
      clientAccountId: 0,
      input,
      upload,
      attempt: 1,
      progress: () => {},
      signal: new AbortController().signal,
    }),
  );
  if (end.status !== 'succeeded') throw new Error(`refused: ${JSON.stringify(end.errors.slice(0, 3))}`);
  return {
    measure: `${measure}: main thread busy`,
    target: isOnThread ? `≤ ${percent(MOST_BUSY)}` : 'for comparison',
    seen: percent(busy),
    reached: !isOnThread || busy <= MOST_BUSY,
    detail: `${summary}; ${Math.round(statSync(path).size / 1e6)} MB`,
  };
}

/** What the machine itself does to a thread that has nothing to do. */
async function pausesOfNothing(): Promise<Result> {
  const { busy, summary } = await listening(() => sleep(10_000));
  return {
    measure: 'nothing at all: main thread busy',
    target: 'for comparison',
    seen: percent(busy),
    reached: true,
    detail: summary,
  };
}

async function listening<T>(work: () => Promise<T>): Promise<{ value: T; busy: number; summary: string }> {
  const pauses = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  pauses.enable();
  const before = performance.eventLoopUtilization();
  const begun = performance.now();
  const value = await work();
  const seconds = (performance.now() - begun) / 1000;
  pauses.disable();
  const { active } = performance.eventLoopUtilization(before);
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  const [longest, p99] = [pauses.max, pauses.percentile(99)].map((pause) => late(pause).toFixed(0));
  const summary = `${(active / 1000).toFixed(1)} s of ${seconds.toFixed(1)} s; pauses p99 ${p99} ms, longest ${longest} ms, the machine’s own included`;
  return { value, busy: active / 1000 / seconds, summary };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
