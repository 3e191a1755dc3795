import { startOfMonth } from '../kernel/local-date.ts';
import type { Ore } from '../kernel/money.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { PreparedEntry } from './entry-check.ts';
import { numberArray, textArray } from './pg-array.ts';
import * as statements from './posting-statements.ts';

export interface NumberedEntry extends PreparedEntry {
  clientAccountId: number;
  id: number;
  postingNo: number;
  sequenceNumber: number;
  postedAt: Date;
  userId: number;
}

/** Entries, their lines and the deltas of the balances: three statements. */
export async function writeEntries(tx: Transaction, entries: readonly NumberedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.named('insert-entries', statements.INSERT_ENTRIES, [
    numberArray(entries.map((e) => e.clientAccountId)),
    numberArray(entries.map((e) => e.id)),
    numberArray(entries.map((e) => e.postingNo)),
    textArray(entries.map((e) => e.series)),
    numberArray(entries.map((e) => e.fiscalYear)),
    numberArray(entries.map((e) => e.sequenceNumber)),
    textArray(entries.map((e) => e.entryDate)),
    numberArray(entries.map((e) => e.period)),
    textArray(entries.map((e) => e.memo)),
    textArray(entries.map((e) => e.source)),
    numberArray(entries.map((e) => e.voucherId)),
    textArray(entries.map((e) => e.relationType)),
    numberArray(entries.map((e) => e.relationId)),
    textArray(entries.map((e) => e.documentReference)),
    numberArray(entries.map((e) => e.cancelsEntryId)),
    textArray(entries.map((e) => e.cancellationReason)),
    numberArray(entries.map((e) => e.total)),
    numberArray(entries.map((e) => e.lines.length)),
    textArray(entries.map((e) => e.postedAt.toISOString())),
    numberArray(entries.map((e) => e.userId)),
  ]);
  await writeLines(tx, entries);
  await writeDeltas(tx, entries);
}

async function writeLines(tx: Transaction, entries: readonly NumberedEntry[]): Promise<void> {
  const rows = entries.flatMap((entry) => entry.lines.map((line) => ({ entry, line })));
  await tx.named('insert-lines', statements.INSERT_LINES, [
    numberArray(rows.map(({ entry }) => entry.clientAccountId)),
    numberArray(rows.map(({ entry }) => entry.id)),
    numberArray(rows.map(({ line }) => line.lineNo)),
    textArray(rows.map(({ line }) => line.account)),
    textArray(rows.map(({ entry }) => entry.entryDate)),
    numberArray(rows.map(({ line }) => line.debit)),
    numberArray(rows.map(({ line }) => line.credit)),
    numberArray(rows.map(({ line }) => line.dimensionSetId)),
    numberArray(rows.map(({ line }) => line.businessPartnerId)),
    textArray(rows.map(({ line }) => line.taxCode)),
    textArray(rows.map(({ line }) => line.taxRate)),
    textArray(rows.map(({ line }) => line.taxDeduction)),
    numberArray(rows.map(({ line }) => line.taxAmount)),
    numberArray(rows.map(({ line }) => line.baseLineNo)),
    textArray(rows.map(({ line }) => line.currencyCode)),
    textArray(rows.map(({ line }) => line.currencyAmount)),
    textArray(rows.map(({ line }) => line.exchangeRate)),
    textArray(rows.map(({ line }) => line.dueDate)),
    textArray(rows.map(({ line }) => line.paymentReference)),
    textArray(rows.map(({ line }) => line.documentReference)),
    textArray(rows.map(({ line }) => line.memo)),
  ]);
}

/** One delta per client account, account, month and dimension set, whatever the number of lines. */
async function writeDeltas(tx: Transaction, entries: readonly NumberedEntry[]): Promise<void> {
  const deltas = new Map<
    string,
    { owner: number; account: string; month: string; set: number; debit: Ore; credit: Ore }
  >();
  for (const entry of entries) {
    const month = startOfMonth(entry.entryDate);
    for (const line of entry.lines) {
      const set = line.dimensionSetId ?? 0;
      const key = `${entry.clientAccountId} ${month} ${set} ${line.account}`;
      const delta = deltas.get(key);
      if (delta) {
        delta.debit += line.debit;
        delta.credit += line.credit;
      } else {
        deltas.set(key, {
          owner: entry.clientAccountId,
          account: line.account,
          month,
          set,
          debit: line.debit,
          credit: line.credit,
        });
      }
    }
  }
  const rows = [...deltas.values()];
  await tx.named('insert-deltas', statements.INSERT_DELTAS, [
    numberArray(rows.map((row) => row.owner)),
    textArray(rows.map((row) => row.account)),
    textArray(rows.map((row) => row.month)),
    numberArray(rows.map((row) => row.set)),
    numberArray(rows.map((row) => row.debit)),
    numberArray(rows.map((row) => row.credit)),
  ]);
}
