import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs what the lock file says, if node_modules holds anything else. */
export function ensureInstalled() {
  if (!installPackages(root, 'Installing packages (npm ci) ...')) process.exit(1);
  linkCommand();
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
