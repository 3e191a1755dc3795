import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Database } from '../../../src/platform/database/pool.ts';
import { openSafTExport, type SafTExportRequest } from '../../../src/saf-t-export/index.ts';

const xsd = new URL('../../../../shared/reference/saf-t/xsd/', import.meta.url).pathname;
const SCHEMAS = {
  '1.30': `${xsd}Norwegian_SAF-T_Financial_Schema_v_1.30.xsd`,
  '1.40': `${xsd}Norwegian_SAF-T_Financial_Schema_v_1.40.rebuilt.xsd`,
};

/** The official schemas and the validator are available. */
const canValidate = existsSync(SCHEMAS['1.30']) && spawnSync('xmllint', ['--version']).status === 0;

export interface ExportedFile {
  name: string;
  xml: string;
}

/** Exports as the rendering thread does, without the ZIP around it. */
export function exportFilesOf(
  database: Database,
  clientAccountId: number,
  request: Partial<SafTExportRequest> & { from: string; to: string },
  now = new Date('2026-03-15T10:00:00Z'),
): Promise<ExportedFile[]> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read', streams: true }, async (tx) => {
    const opened = await openSafTExport(tx, clientAccountId, { userName: 'kari@example.test', ...request }, now);
    const files: ExportedFile[] = [];
    for await (const { name, chunks } of opened.files()) {
      const parts: Buffer[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      files.push({ name, xml: Buffer.concat(parts).toString() });
    }
    return files;
  });
}

export async function exportOf(
  database: Database,
  clientAccountId: number,
  request: Partial<SafTExportRequest> & { from: string; to: string },
  now?: Date,
): Promise<string> {
  const files = await exportFilesOf(database, clientAccountId, request, now);
  if (files.length !== 1) throw new Error(`${files.length} files`);
  return files[0]!.xml;
}

/** xmllint's errors against the schema of the file's version; none if it is valid or cannot be checked. */
export function schemaFaults(xml: string): string {
  if (!canValidate) return '';
  const version = /<AuditFileVersion>([\d.]+)</.exec(xml)![1] as keyof typeof SCHEMAS;
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--huge', '--schema', SCHEMAS[version], '-'], {
    input: xml,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return status === 0 ? '' : stderr.slice(0, 3000);
}

/** One element per line, for readers and golden files. */
export function indented(xml: string): string {
  return execFileSync('xmllint', ['--format', '-'], { input: xml, encoding: 'utf8', maxBuffer: 1 << 28 });
}
