import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnKey, ColumnKeys } from './column-keys.ts';

/** `id:key, id:key`: each key 32 bytes in base64, the newest first. Undefined if malformed. */
export function readColumnKeys(text: string): readonly [ColumnKey, ...ColumnKey[]] | undefined {
  const keys = text.split(',').map((part) => {
    const [id = '', key = '', ...rest] = part.trim().split(':');
    const bytes = /^[\w+/-]{43}=?$/.test(key) ? Buffer.from(key, 'base64') : Buffer.alloc(0);
    return /^[\w.-]{1,40}$/.test(id) && rest.length === 0 && bytes.length === 32 ? { id, key: bytes } : undefined;
  });
  const [first] = keys;
  if (!first || keys.some((one) => !one)) return undefined;
  if (new Set(keys.map((one) => one!.id)).size < keys.length) return undefined;
  return keys as [ColumnKey, ...ColumnKey[]];
}

const FILE = 'encryption-keys';

/**
 * The keys of ENCRYPTION_KEYS. If that is not set and the database is embedded: the keys in the file `encryption-keys`
 * of the data folder, which is created if missing. If that is not set and several nodes may share the database: none.
 */
export function openColumnKeys(
  { encryptionKeys, databaseUrl }: { encryptionKeys?: ColumnKeyList | undefined; databaseUrl?: string | undefined },
  dataDir: string,
): ColumnKeys | undefined {
  if (encryptionKeys) return new ColumnKeys(encryptionKeys);
  if (databaseUrl) return undefined;
  const path = join(dataDir, FILE);
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, `1:${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const keys = readColumnKeys(readFileSync(path, 'utf8').trim());
  if (!keys) throw new Error(`${path} holds no encryption keys (id:key, 32 bytes in base64)`);
  return new ColumnKeys(keys);
}

export type ColumnKeyList = NonNullable<ReturnType<typeof readColumnKeys>>;
