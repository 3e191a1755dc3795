// Needs nothing but Node: it runs on a bare clone, before any package is there.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs what the lock file of a folder says, if its node_modules holds anything else. False where npm fails. */
export function installPackages(folder, announcement) {
  if (isInstalled(folder)) return true;
  console.error(announcement);
  // The packages' install scripts only fetch or link what is there already, or made by Hovedbok itself.
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (!error && status === 0) return true;
  console.error(`npm ci failed (${error?.message ?? `exit code ${status}`})`);
  return false;
}

/** npm writes node_modules/.package-lock.json last, with what it installed; optional packages may be left out. */
function isInstalled(folder) {
  const wanted = readPackages(join(folder, 'package-lock.json'));
  const found = readPackages(join(folder, 'node_modules', '.package-lock.json'));
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
