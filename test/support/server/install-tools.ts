import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/platform/package-root.ts';

/** Installs the own packages of a folder of `scripts`, if they are not installed yet. */
export async function installTools(folder: string): Promise<void> {
  const install = pathToFileURL(join(packageRoot, 'scripts', 'install-packages.mjs')).href;
  const code = `import { installPackages } from '${install}'; process.exit(installPackages('.', 'npm ci') ? 0 : 1)`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd: folder });
}
