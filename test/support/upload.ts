import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Config, readConfig } from '../../src/platform/config.ts';
import { openFileStore } from '../../src/platform/files/file-store.ts';
import type { Platform } from '../../src/platform/operation.ts';

/** The platform with a file store in a folder that is gone at the end of the test file. */
export function withFiles(platform: Platform, overrides: Partial<Config> = {}): Platform & { folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'hb-files-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { ...platform, files: openFileStore({ ...readConfig({}), ...overrides }, folder), folder };
}

export interface Part {
  name: string;
  value?: string;
  file?: { name: string; type: string; content: Buffer | string };
}

/** A multipart form as a browser sends it. */
export function multipart(parts: readonly Part[]): { payload: Buffer; headers: Record<string, string> } {
  const boundary = '----hovedbok-test-boundary';
  const chunks = parts.flatMap(({ name, value, file }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(file ? `; filename="${file.name}"\r\nContent-Type: ${file.type}\r\n\r\n` : '\r\n\r\n'),
    Buffer.from(file ? file.content : (value ?? '')),
    Buffer.from('\r\n'),
  ]);
  return {
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

export const PDF = (text = 'bilag') => `%PDF-1.7\n${text}\n%%EOF\n`;
