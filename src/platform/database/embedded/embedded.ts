import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartFault } from '../../start-fault.ts';
import { lockData } from './data-lock.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { type ServerAccount, asAccount, openDataFolder, reachableBinaries, serverAccount } from './server-account.ts';

export interface EmbeddedOptions {
  /** Hovedbok's data folder; the cluster is in `postgres` below it. Created if missing. */
  dataDir: string;
  log?: (line: string) => void;
  /** For tests only: faster, but nothing survives a crash. */
  ephemeral?: boolean;
}

export interface Embedded {
  connection: { host: string; user: string; database: string };
  /** The PostgreSQL server's process id. */
  pid: number;
  /** Publishes this node's address to processes that start later on the same data. */
  announce(address: string): void;
  /** Resolves when the server has ended; with an error if it was not asked to stop. */
  ended: Promise<Error | undefined>;
  stop(): Promise<void>;
}

const owner = 'hovedbok_owner';
const database = 'hovedbok';

/**
 * An eighth of the memory of the machine or container, from 128 to 1024 MB. An import changes more pages than a small buffer
 * holds, and each page that must leave it early is written twice.
 */
function sharedMegabytes(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.round(Math.min(Math.max(bytes / 8 / 2 ** 20, 128), 1024));
}

/**
 * Settings for a small, dedicated server. Durability is PostgreSQL's default: a commit is on disk when it is
 * acknowledged.
 */
const settings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: `${sharedMegabytes()}MB`,
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  random_page_cost: '1.1',
  jit: 'off',
  // Writes of an import reach the disk in small pieces: the commit of a posting waits for the piece before it.
  wal_writer_flush_after: '256kB',
  wal_writer_delay: '20ms',
  backend_flush_after: '512kB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  logging_collector: 'off',
  log_checkpoints: 'off',
};
// Several nodes and the suite's own connections at once.
const ephemeralSettings = {
  max_connections: '150',
  shared_buffers: '128MB',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
};

/**
 * Starts the PostgreSQL that npm installed, on a private Unix socket, and returns a connection to it as the owner of
 * the schema. A server left behind by a killed node process is stopped first; its data are recovered from the
 * write-ahead log.
 *
 * @throws AlreadyServing when another living node process serves the data folder.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, log = () => {}, ephemeral = false } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const data = realpathSync(dataDir);
  const lock = lockData(data);
  try {
    const cluster = join(data, 'postgres');
    const account = serverAccount(cluster);
    if (account) openDataFolder(data, account);
    const native = account ? reachableBinaries(postgresBinaries(), data, account) : postgresBinaries();
    await endLeftBehind(cluster, log);
    if (!existsSync(join(cluster, 'PG_VERSION'))) await initialize(native, cluster, account, ephemeral);
    const host = socketFolder(data, account);
    await removeStaleLocks(cluster, host);
    const server = await startServer({ native, cluster, account, host, ephemeral, log });
    try {
      await ensureDatabase(host);
    } catch (error) {
      await server.stop();
      throw error;
    }
    const stop = async (): Promise<void> => {
      await server.stop();
      lock.release();
    };
    const connection = { host, user: owner, database };
    return { connection, pid: server.pid, announce: lock.announce, ended: server.ended, stop };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The connection to the embedded server that runs on the data folder now, if any. */
export function runningEmbedded(dataDir: string): Embedded['connection'] | undefined {
  const cluster = join(realpathSync(dataDir), 'postgres');
  const [pid, , , , host, , , status] = readStatus(cluster);
  if (!host || status?.trim() !== 'ready' || !isServerOf(Number(pid), cluster)) return undefined;
  return { host, user: owner, database };
}

interface ServerOptions {
  native: string;
  cluster: string;
  account: ServerAccount | undefined;
  host: string;
  ephemeral: boolean;
  log: (line: string) => void;
}

async function startServer(options: ServerOptions) {
  const { native, cluster, account, host, ephemeral, log } = options;
  const all = { ...settings, ...(ephemeral ? ephemeralSettings : {}), unix_socket_directories: host };
  const command = ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  for (let attempt = 1; ; attempt++) {
    const child = spawn(join(native, 'bin', 'postgres'), command, {
      ...asAccount(account),
      // A separate process group: Ctrl-C in the terminal reaches only node, which stops the server last.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stopping = false;
    const exited = exitOf(child);
    const failure = await untilReady(child, cluster, log);
    if (failure === undefined) {
      const ended = exited.then((how) => (stopping ? undefined : new Error(`PostgreSQL ended unexpectedly (${how})`)));
      const stop = async (): Promise<void> => {
        stopping = true;
        child.kill('SIGINT');
        const slow = setTimeout(() => child.kill('SIGQUIT'), 30_000);
        await ended;
        clearTimeout(slow);
      };
      return { pid: child.pid!, ended, stop };
    }
    // The backends of a server that was killed hold its shared memory until they notice.
    if (!failure.includes('shared memory block') || attempt === 50) throw new StartFault(failure);
    await sleep(200);
  }
}

async function initialize(
  native: string,
  cluster: string,
  account: ServerAccount | undefined,
  ephemeral: boolean,
): Promise<void> {
  // Built under another name and renamed, so that an interrupted start leaves nothing that looks like a cluster.
  const building = `${cluster}.initializing`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { mode: 0o700 });
  if (account) chownSync(building, account.uid, account.gid);
  const child = spawn(
    join(native, 'bin', 'initdb'),
    [
      '-D',
      building,
      '-U',
      owner,
      '--encoding=UTF8',
      '--locale=C',
      '--auth=trust',
      '--no-instructions',
      ...(ephemeral ? ['-N'] : []),
    ],
    { ...asAccount(account), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const how = await exitOf(child);
  if (how !== 'exit code 0') throw new StartFault(`initdb failed (${how}) in ${dirname(cluster)}: ${output.trim()}`);
  renameSync(building, cluster);
}

/**
 * A Unix socket's path holds about 100 bytes: the data folder if it fits, otherwise a folder under the temporary one.
 */
function socketFolder(data: string, account: ServerAccount | undefined): string {
  let folder = join(data, 'socket');
  if (Buffer.byteLength(folder) > 80) {
    folder = join(tmpdir(), `hovedbok-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`);
  }
  try {
    mkdirSync(folder, { mode: 0o700 });
    if (account) chownSync(folder, account.uid, account.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = statSync(folder);
  const expected = account?.uid ?? process.getuid?.() ?? found.uid;
  if (found.uid !== expected)
    throw new StartFault(`${folder} belongs to user ${found.uid}, expected ${expected}; remove it`);
  chmodSync(folder, 0o700);
  return folder;
}

async function endLeftBehind(cluster: string, log: (line: string) => void): Promise<void> {
  const pid = Number(readStatus(cluster)[0]);
  if (!isServerOf(pid, cluster)) return;
  log(`Ending the PostgreSQL server ${pid} that a killed process left behind`);
  for (let waited = 0; isServerOf(pid, cluster); waited += 10) {
    if (waited === 0) process.kill(pid, 'SIGINT');
    if (waited === 15_000) process.kill(pid, 'SIGQUIT');
    if (waited > 30_000) throw new StartFault(`The PostgreSQL server ${pid} on ${cluster} does not end`);
    await sleep(10);
  }
}

/**
 * PostgreSQL considers `postmaster.pid`, and the lock of its socket, to be those of a live server while any process has
 * the id in them, even a zombie or an unrelated process, and refuses to start on empty ones. They are stale when no
 * process works in the folder: the backends of a killed server continue until they notice.
 */
async function removeStaleLocks(cluster: string, host: string): Promise<void> {
  const files = [join(cluster, 'postmaster.pid'), join(host, '.s.PGSQL.5432.lock')];
  if (process.platform !== 'linux' || !files.some((file) => existsSync(file))) return;
  for (let waited = 0; somebodyWorksIn(cluster); waited += 10) {
    if (waited > 30_000) throw new Error(`Processes of a PostgreSQL server that was killed do not end in ${cluster}`);
    await sleep(10);
  }
  for (const file of files) rmSync(file, { force: true });
}

function somebodyWorksIn(folder: string): boolean {
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readlinkSync(`/proc/${name}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

/** postmaster.pid: process id, data folder, start time, port, socket folder, address, shared memory, status. */
function readStatus(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The file survives a crash, and another process may have its id by now. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    // The server's working folder is its data folder.
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === cluster;
    return execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' })
      .trim()
      .endsWith('postgres');
  } catch {
    return false;
  }
}

/** Undefined when the server is ready, otherwise why it ended. */
async function untilReady(
  child: ChildProcess,
  cluster: string,
  log: (line: string) => void,
): Promise<string | undefined> {
  const lines: string[] = [];
  let rest = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const line of parts) {
      if (lines.length < 50) lines.push(line);
      log(line);
    }
  });
  let how: string | undefined;
  void exitOf(child).then((exit) => (how = exit));
  for (;;) {
    if (how) return `PostgreSQL did not start (${how}): ${lines.join('\n')}`;
    const status = readStatus(cluster);
    if (Number(status[0]) === child.pid && status[7]?.trim() === 'ready') return undefined;
    await sleep(5);
  }
}

async function ensureDatabase(host: string): Promise<void> {
  const client = new pg.Client({ host, user: owner, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(`exit code ${child.exitCode}`);
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}
