import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { packageRoot } from '../../src/platform/package-root.ts';
import { createClientAccount, forgetCallers } from '../../src/tenancy/index.ts';
import type { ClientBooks } from '../setup/client-books.ts';
import { generateLedger, RANGE } from '../setup/generated-ledger.ts';
import type { Result } from '../setup/result.ts';
import { median } from '../setup/rounds.ts';
import { portOf } from '../setup/server-port.ts';

const EXCEL_LINES = 500_000;
const PDF_LINES = 100_000;
const PAGE_SECONDS = 10;
const PAGE_ROUNDS = 3;

/**
 * The general ledger as files, from a real server process, over HTTP to the last byte: the time, the peak memory of
 * that process, and the effect on concurrent page requests.
 */
export async function measureReportExport(books: ClientBooks, connection: pg.ClientConfig): Promise<Result[]> {
  const large = await openLedger(books, 'bench-export-large', EXCEL_LINES);
  const small = await openLedger(books, 'bench-export-small', PDF_LINES);
  const server = await startServer(connection);
  const ask = new Asker(server.port, books.token);
  const ledger = (id: number, format: string) =>
    `general-ledger?client_account_id=${id}&start_date=${RANGE.from}&end_date=${RANGE.to}&format=${format}`;
  try {
    return [
      await exported(ask, server, ledger(large, 'excel'), {
        measure: `general ledger of ${EXCEL_LINES.toLocaleString('en')} lines to Excel`,
        seconds: 15,
        megabytes: 240,
      }),
      await exported(ask, server, ledger(small, 'pdf'), {
        measure: `general ledger of ${PDF_LINES.toLocaleString('en')} lines to PDF`,
        seconds: 5,
        megabytes: 300,
      }),
      await pagesMeanwhile(ask, small, ledger(large, 'excel')),
    ];
  } finally {
    ask.close();
    await server.stop();
  }
}

interface Reach {
  measure: string;
  seconds: number;
  megabytes: number;
}

async function exported(
  ask: Asker,
  server: Server,
  path: string,
  { measure, seconds, megabytes }: Reach,
): Promise<Result> {
  const seen: { seconds: number; megabytes: number; bytes: number }[] = [];
  for (let round = 0; round < 3; round++) {
    server.forgetPeak();
    const begun = performance.now();
    const bytes = await ask.bytes(path);
    seen.push({ seconds: (performance.now() - begun) / 1000, megabytes: server.peakMegabytes(), bytes });
  }
  const time = median(seen.map((one) => one.seconds));
  const memory = Math.max(...seen.map((one) => one.megabytes));
  return {
    measure,
    target: `≤ ${seconds} s, ≤ ${megabytes} MB`,
    seen: `${time.toFixed(1)} s, ${memory.toFixed(0)} MB`,
    reached: time <= seconds && memory <= megabytes,
    detail: `peak of the whole server process; ${(seen[0]!.bytes / 1e6).toFixed(1)} MB file`,
  };
}

async function pagesMeanwhile(ask: Asker, id: number, exportPath: string): Promise<Result> {
  const page = `trial-balance?client_account_id=${id}&date_from=${RANGE.from}&date_to=${RANGE.to}&format=html`;
  const pairs: { idle: number; busy: number }[] = [];
  for (let round = 0; round < PAGE_ROUNDS; round++) {
    const idle = await percentile99(ask, page);
    const ended = new AbortController();
    const exports = (async () => {
      while (!ended.signal.aborted) await ask.bytes(exportPath);
    })();
    const busy = await percentile99(ask, page);
    ended.abort();
    await exports;
    pairs.push({ idle, busy });
  }
  const ratio = median(pairs.map(({ idle, busy }) => busy / idle));
  const told = (values: number[]) => values.map((value) => value.toFixed(1)).join(', ');
  return {
    measure: 'p99 of report pages while 500,000 lines are exported, against idle',
    target: '≤ 3 ×',
    seen: `${ratio.toFixed(2)} ×`,
    reached: ratio <= 3,
    detail: `${told(pairs.map(({ busy }) => busy))} ms against ${told(pairs.map(({ idle }) => idle))} ms`,
  };
}

async function percentile99(ask: Asker, path: string): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + PAGE_SECONDS * 1000;
  while (performance.now() < until) {
    const begun = performance.now();
    await ask.bytes(path);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
}

class Asker {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;
  readonly #token: string;

  constructor(port: number, token: string) {
    this.#port = port;
    this.#token = token;
  }

  /** Reads the answer to its end and throws it away. */
  async bytes(path: string): Promise<number> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.#token}` };
      const options = { port: this.#port, agent: this.#agent, headers, path: `/api/v2/reports/${path}` };
      get({ host: '127.0.0.1', ...options }, resolve).on('error', reject);
    });
    let bytes = 0;
    for await (const chunk of answer) bytes += (chunk as Buffer).length;
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`);
    return bytes;
  }

  close(): void {
    this.#agent.destroy();
  }
}

interface Server {
  port: number;
  /** Since the last `forgetPeak`, of the whole process. Linux only; elsewhere not a number. */
  peakMegabytes(): number;
  forgetPeak(): void;
  stop(): Promise<void>;
}

async function startServer({ host, user, database }: pg.ClientConfig): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-export-'));
  const url = `postgres://${user!}@localhost/${database!}?host=${encodeURIComponent(host!)}`;
  const env = {
    ...process.env,
    DATABASE_URL: url,
    DATA_DIR: folder,
    PORT: '0',
    DEMO: '0',
    WORKERS: '0',
    LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, [join(packageRoot, 'dist', 'main.js'), 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await portOf(child);
  const proc = (name: string) => `/proc/${child.pid}/${name}`;
  return {
    port,
    peakMegabytes() {
      if (process.platform !== 'linux') return Number.NaN;
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(proc('status'), 'utf8'))![1]) / 1024;
    },
    forgetPeak() {
      if (process.platform === 'linux') writeFileSync(proc('clear_refs'), '5');
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openLedger(books: ClientBooks, name: string, lines: number): Promise<number> {
  const { database } = books.platform;
  const id = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, { displayName: name, uniqueName: name, createdById: books.caller.userId }),
  );
  await generateLedger(books, id, lines);
  forgetCallers(database);
  return id;
}
