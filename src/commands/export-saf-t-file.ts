import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { systemClock } from '../kernel/clock.ts';
import { isLocalDate } from '../kernel/local-date.ts';
import { AppError } from '../platform/errors.ts';
import { openSafTExport, SAF_T_VERSIONS } from '../saf-t-export/index.ts';
import { withDatabase } from './with-database.ts';
import { writeWhole } from './write-whole.ts';
import { print, printError } from './print.ts';

export const SAF_T_USAGE = `export saf-t --client-account ID --from DATE --to DATE [--version 1.30|1.40] [--max-file-bytes N]
  [--as-of TIME] [--warnings] [FILE]

Writes the books of a client account as SAF-T Financial to FILE, a ZIP; without FILE under the name that the tax
administration wants, in this folder. --max-file-bytes divides the XML into several files; --warnings adds a text of what
is odd in the books. Exit code 1, and no file, if it would contradict itself: every fault is listed.`;

/** `hovedbok export saf-t`. */
export async function exportSafTFile(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'client-account': { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      version: { type: 'string' },
      'max-file-bytes': { type: 'string' },
      'as-of': { type: 'string' },
      warnings: { type: 'boolean' },
    },
  });
  const id = values['client-account'];
  const limit = values['max-file-bytes'];
  const asOf = values['as-of'] === undefined ? null : new Date(values['as-of']);
  const version = SAF_T_VERSIONS.find((known) => known === values.version);
  const faults = [
    ...(id !== undefined && /^[1-9]\d{0,6}$/.test(id) ? [] : ['expected --client-account ID']),
    ...(isLocalDate(values.from) ? [] : ['expected --from DATE, as 2025-01-01']),
    ...(isLocalDate(values.to) ? [] : ['expected --to DATE, as 2025-12-31']),
    ...(values.version === undefined || version ? [] : [`--version is one of ${SAF_T_VERSIONS.join(', ')}`]),
    ...(limit === undefined || /^[1-9]\d{4,14}$/.test(limit) ? [] : ['--max-file-bytes is a number of at least 10000']),
    ...(asOf && Number.isNaN(asOf.getTime()) ? ['--as-of is a time, as 2026-02-05T08:00:00Z'] : []),
    ...(positionals.length > 1 ? ['expected at most one FILE'] : []),
  ];
  if (faults.length > 0) {
    for (const fault of faults) printError(`hovedbok export saf-t: ${fault}`);
    return 2;
  }
  return withDatabase(async (database) => {
    try {
      return await database.transaction({ clientAccounts: [Number(id)], mode: 'read', streams: true }, async (tx) => {
        const known = await tx.maybe(sql`select id from client_accounts where id = ${Number(id)}`);
        if (!known) {
          printError(`hovedbok export saf-t: there is no client account ${id}`);
          return 2;
        }
        const request = {
          from: values.from!,
          to: values.to!,
          version,
          maxFileBytes: limit === undefined ? undefined : Number(limit),
          warnings: values.warnings,
          asOf,
          userName: process.env.USER ?? null,
        };
        const opened = await openSafTExport(tx, Number(id), request, systemClock.now(), 'en');
        const path = resolve(positionals[0] ?? opened.zipName);
        let wake: (() => void) | undefined;
        const zip = new Readable({ read: () => wake?.() });
        const made = opened
          .writeZip(async (bytes) => {
            if (!zip.push(bytes)) await new Promise<void>((go) => (wake = go));
          })
          .then(
            () => zip.push(null),
            (error: Error) => zip.destroy(error),
          );
        await writeWhole(zip, path);
        await made;
        print(`Wrote ${path}: ${opened.entries} entries, ${opened.lines} lines`);
        return 0;
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      printError(`hovedbok export saf-t: ${error.sentence('en')}`);
      for (const { path, problem } of error.fields) printError(`  ${path}: ${problem.en}`);
      return 1;
    }
  });
}
