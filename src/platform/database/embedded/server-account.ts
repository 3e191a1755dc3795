import { type SpawnOptions } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartFault } from '../../start-fault.ts';

/** The system account that PostgreSQL runs under, if it is not that of node. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root: started by root, it runs as the owner of the cluster; a new cluster belongs to
 * `nobody`. Undefined for other users, who run it under their own account.
 */
export function serverAccount(cluster: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = existsSync(cluster) ? statSync(cluster) : undefined;
  if (found && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  const nobody = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m);
  return nobody ? { uid: Number(nobody[1]), gid: Number(nobody[2]) } : { uid: 65534, gid: 65534 };
}

export function asAccount(account: ServerAccount | undefined): SpawnOptions {
  return { ...account, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
}

/** Lets the account traverse Hovedbok's own data folder. Folders above it belong to others and stay unchanged. */
export function openDataFolder(data: string, account: ServerAccount): void {
  if (!mayEnter(data, account)) chmodSync(data, statSync(data).mode | 0o011);
  const closed = firstClosedFolder(data, account);
  if (!closed) return;
  throw new StartFault(
    `Started as root, PostgreSQL runs as user ${account.uid}, who may not enter ${closed} on the way to ${data}. ` +
      'Set DATA_DIR to a folder everyone may reach, such as /var/lib/hovedbok, or start as another user.',
  );
}

/** The first folder, from the root, that the account may not traverse on its way to `path`. */
export function firstClosedFolder(path: string, account: ServerAccount): string | undefined {
  const folders = [path];
  while (dirname(folders[0]!) !== folders[0]) folders.unshift(dirname(folders[0]!));
  return folders.find((folder) => !mayEnter(folder, account));
}

/**
 * The binaries at a path where the account can run them: as installed, or a copy in the data folder (a clone under
 * /root).
 */
export function reachableBinaries(native: string, data: string, account: ServerAccount): string {
  if (!firstClosedFolder(join(native, 'bin'), account)) return native;
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(data, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const copying = `${copy}.copying`;
    rmSync(copying, { recursive: true, force: true });
    cpSync(native, copying, { recursive: true, verbatimSymlinks: true });
    renameSync(copying, copy);
  }
  return copy;
}

function mayEnter(folder: string, { uid, gid }: ServerAccount): boolean {
  const found = statSync(folder);
  const bits = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
  return (found.mode & bits) !== 0;
}
