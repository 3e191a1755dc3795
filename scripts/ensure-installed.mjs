// Needs nothing but Node: it runs on a bare clone, before any package is there.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs what the lock file says, if node_modules holds anything else. */
export function ensureInstalled() {
  if (!isInstalled()) {
    console.error('Installing packages (npm ci) ...');
    // The packages' install scripts only fetch or link what is there already, or made by Hovedbok itself.
    const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (error || status !== 0) {
      console.error(`npm ci failed (${error?.message ?? `exit code ${status}`})`);
      process.exit(1);
    }
  }
  linkCommand();
}

/** npm writes node_modules/.package-lock.json last, with what it installed; optional packages may be left out. */
function isInstalled() {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const found = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!found) return false;
  const same = (path) =>
    wanted[path] &&
    found[path] &&
    wanted[path].version === found[path].version &&
    wanted[path].integrity === found[path].integrity;
  return (
    Object.keys(found).every(same) &&
    Object.entries(wanted).every(([path, { optional }]) => path === '' || optional || path in found)
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** npm links the commands of dependencies, not the package's own: this makes `npx hovedbok` work in the clone. */
function linkCommand() {
  const folder = join(root, 'node_modules', '.bin');
  const link = join(folder, 'hovedbok');
  if (existsSync(link)) return;
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  chmodSync(join(root, 'bin', 'hovedbok.mjs'), 0o755);
  if (process.platform === 'win32') writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\bin\\hovedbok.mjs" %*\r\n');
  else symlinkSync(join('..', '..', 'bin', 'hovedbok.mjs'), link);
}
