import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Config, readConfig } from '../../../src/platform/config.ts';
import { openFileStore } from '../../../src/platform/files/file-store.ts';
import type { FileStore } from '../../../src/platform/files/file-store.ts';
import type { Platform } from '../../../src/platform/operation.ts';

/** The platform with a file store in a folder that is gone at the end of the test file. */
export function withFiles(
  platform: Platform,
  overrides: Partial<Config> = {},
): Platform & { files: FileStore; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'hb-files-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { ...platform, files: openFileStore({ ...readConfig({}), ...overrides }, folder), folder };
}

export { multipart, type Part } from './multipart.ts';

export const PDF = (text = 'bilag') => `%PDF-1.7\n${text}\n%%EOF\n`;
