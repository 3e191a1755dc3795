import { join, resolve } from 'node:path';
import { packageRoot } from '../../package-root.ts';
import { firstClosedFolder, serverAccount } from './server-account.ts';

/**
 * The data folder as an absolute path: as configured, otherwise `data` in the package. When started by root, PostgreSQL
 * runs under another account, which cannot reach a package in a closed folder such as /root.
 */
export function dataFolder(configured: string | undefined): string {
  if (configured) return resolve(configured);
  const account = serverAccount(join(packageRoot, 'data', 'postgres'));
  return account && firstClosedFolder(packageRoot, account) ? '/var/lib/hovedbok' : join(packageRoot, 'data');
}
