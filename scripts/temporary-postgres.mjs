import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const places = (major) => [
  `/usr/lib/postgresql/${major}/bin`,
  `/usr/pgsql-${major}/bin`,
  `/opt/homebrew/opt/postgresql@${major}/bin`,
  `/usr/local/opt/postgresql@${major}/bin`,
];

/**
 * A temporary server, of the PostgreSQL installed on this machine, removed by `stop`. The tests connect with a role
 * that may create databases and roles but is not a superuser, as on an external server.
 */
export async function startPostgres(major) {
  const bin = places(major).find((folder) => existsSync(join(folder, 'initdb')));
  if (!bin) throw new Error(`PostgreSQL ${major} is not installed (looked in ${places(major).join(', ')})`);
  const version = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).match(/[\d.]+/)[0];
  const account = process.getuid?.() === 0 ? (accountNamed('postgres') ?? accountNamed('nobody')) : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'hb-pg-'));
  chmodSync(folder, 0o755);
  const [data, socket] = ['data', 'socket'].map((name) => join(folder, name));
  for (const path of [data, socket]) {
    mkdirSync(path, { mode: 0o700 });
    if (account) chownSync(path, account.uid, account.gid);
  }
  const options = { ...account, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'superuser', '-N', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    options,
  );
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socket,
    fsync: 'off',
    full_page_writes: 'off',
    max_connections: 150,
  };
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...options, detached: true, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await createRole(socket, server);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `postgres://hovedbok_owner@localhost/postgres?host=${encodeURIComponent(socket)}`;
  return { url, version, stop };
}

async function createRole(socket, server) {
  const { default: pg } = await import('pg');
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ host: socket, user: 'superuser', database: 'postgres' });
    try {
      await client.connect();
      await client.query('create role hovedbok_owner login createdb createrole nosuperuser');
      return;
    } catch (error) {
      if (attempt === 200 || server.exitCode !== null) throw error;
      await sleep(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function accountNamed(name) {
  const found = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
  return found ? { uid: Number(found[1]), gid: Number(found[2]) } : undefined;
}
