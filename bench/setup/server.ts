import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../../src/platform/database/embedded/embedded.ts';
import { serverAccount } from '../../src/platform/database/embedded/server-account.ts';

/** The one PostgreSQL server of a run; both sides have a database of their own on it. Connections are the owner's. */
export interface BenchServer {
  version: string;
  connection(database: string): pg.ClientConfig;
  createDatabase(name: string): Promise<pg.ClientConfig>;
  stop(): Promise<void>;
}

/** The embedded server with the settings it has in production, or one that is installed on the machine with the same. */
export async function startBenchServer(installed?: string): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-'));
  chmodSync(folder, 0o755);
  const started = installed ? await startInstalled(installed, folder) : await startOwn(folder);
  const connection = (database: string) => ({ host: started.host, user: started.user, database });
  const onMaintenance = async <R extends object>(statement: string): Promise<R[]> => {
    const client = new pg.Client(connection('postgres'));
    await client.connect();
    try {
      return (await client.query<R>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const [row] = await onMaintenance<{ server_version: string }>('show server_version');
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= started.stop().finally(() => rmSync(folder, { recursive: true, force: true })));
  // Cut off, a run leaves no server and no gigabytes behind; a reader that went away is no reason to be cut off.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  process.stdout.on('error', () => {});
  return {
    version: row!.server_version.split(' ')[0]!,
    connection,
    async createDatabase(name) {
      await onMaintenance(`create database ${name}`);
      return connection(name);
    },
    stop,
  };
}

interface Started {
  host: string;
  user: string;
  stop(): Promise<void>;
}

async function startOwn(folder: string): Promise<Started> {
  const embedded = await startEmbedded({ dataDir: folder });
  return { host: embedded.connection.host, user: embedded.connection.user, stop: embedded.stop };
}

/** The settings that decide speed, as the embedded server has them; durability is the default on both. */
const settings = {
  listen_addresses: '',
  max_connections: '60',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  random_page_cost: '1.1',
  jit: 'off',
};

async function startInstalled(major: string, folder: string): Promise<Started> {
  const bin = [`/usr/lib/postgresql/${major}/bin`, `/usr/pgsql-${major}/bin`].find((path) =>
    existsSync(join(path, 'initdb')),
  );
  if (!bin) throw new Error(`PostgreSQL ${major} is not installed`);
  const data = join(folder, 'postgres');
  const account = serverAccount(data);
  mkdirSync(data, { mode: 0o700 });
  if (account) {
    chownSync(folder, account.uid, account.gid);
    chownSync(data, account.uid, account.gid);
  }
  const options = { ...account, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C'], options);
  const parameters = Object.entries({ ...settings, unix_socket_directories: folder }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...parameters], { ...options, stdio: 'ignore' });
  const ended = once(server, 'exit');
  for (let attempt = 0; !existsSync(join(folder, '.s.PGSQL.5432')); attempt++) {
    if (attempt === 400 || server.exitCode !== null) throw new Error(`PostgreSQL ${major} did not start`);
    await sleep(25);
  }
  await sleep(500);
  return {
    host: folder,
    user: 'owner',
    async stop() {
      server.kill('SIGINT');
      await ended;
    },
  };
}

/** Runs the work and returns how many bytes of write-ahead log the server wrote meanwhile, for all its clients. */
export async function walBytesOf<T>(client: pg.Client, work: () => Promise<T>): Promise<{ value: T; bytes: number }> {
  const before = await walPosition(client);
  const value = await work();
  return { value, bytes: (await walPosition(client)) - before };
}

async function walPosition(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(`select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes`);
  return Number(rows[0]!.bytes);
}
