import { startOfMonth } from '../kernel/local-date.ts';
import type { Ore } from '../kernel/money.ts';
import type { Transaction } from '../platform/database/pool.ts';
import type { PreparedEntry } from './entry-check.ts';
import { PlainColumn, TextColumn } from './pg-array.ts';
import * as statements from './posting-statements.ts';

/** What an entry gets when it becomes final. */
export interface EntryIdentity {
  clientAccountId: number;
  id: number;
  postingNo: number;
  sequenceNumber: number;
  postedAt: Date;
  userId: number;
}

export interface NumberedEntry extends PreparedEntry, EntryIdentity {}

/** Field by field: spreading two objects into a third costs more than all the rest of numbering. */
export function numberedEntry(entry: PreparedEntry, identity: EntryIdentity): NumberedEntry {
  return {
    entryDate: entry.entryDate,
    series: entry.series,
    fiscalYear: entry.fiscalYear,
    period: entry.period,
    memo: entry.memo,
    source: entry.source,
    voucherId: entry.voucherId,
    relationType: entry.relationType,
    relationId: entry.relationId,
    documentReference: entry.documentReference,
    vatTerm: entry.vatTerm,
    cancelsEntryId: entry.cancelsEntryId,
    cancellationReason: entry.cancellationReason,
    total: entry.total,
    lines: entry.lines,
    clientAccountId: identity.clientAccountId,
    id: identity.id,
    postingNo: identity.postingNo,
    sequenceNumber: identity.sequenceNumber,
    postedAt: identity.postedAt,
    userId: identity.userId,
  };
}

/** Sends entries, their lines and the deltas of the balances: three statements. */
export function writeEntries(tx: Transaction, entries: readonly NumberedEntry[]): void {
  if (entries.length === 0) return;
  tx.send('insert-entries', statements.INSERT_ENTRIES, entryColumns(entries));
  tx.send('insert-lines', statements.INSERT_LINES, lineColumns(entries));
  tx.send('insert-deltas', statements.INSERT_DELTAS, deltaColumns(entries));
}

function entryColumns(entries: readonly NumberedEntry[]): string[] {
  const column = {
    owner: new PlainColumn(),
    id: new PlainColumn(),
    postingNo: new PlainColumn(),
    series: new TextColumn(),
    fiscalYear: new PlainColumn(),
    sequenceNumber: new PlainColumn(),
    entryDate: new PlainColumn(),
    period: new PlainColumn(),
    memo: new TextColumn(),
    source: new TextColumn(),
    voucherId: new PlainColumn(),
    relationType: new TextColumn(),
    relationId: new PlainColumn(),
    documentReference: new TextColumn(),
    cancelsEntryId: new PlainColumn(),
    cancellationReason: new TextColumn(),
    total: new PlainColumn(),
    lineCount: new PlainColumn(),
    postedAt: new PlainColumn(),
    userId: new PlainColumn(),
    vatTerm: new PlainColumn(),
  };
  // The entries of one request share their moment.
  let moment: Date | undefined;
  let postedAt = '';
  for (const entry of entries) {
    if (entry.postedAt !== moment) {
      moment = entry.postedAt;
      postedAt = moment.toISOString();
    }
    column.owner.push(entry.clientAccountId);
    column.id.push(entry.id);
    column.postingNo.push(entry.postingNo);
    column.series.push(entry.series);
    column.fiscalYear.push(entry.fiscalYear);
    column.sequenceNumber.push(entry.sequenceNumber);
    column.entryDate.push(entry.entryDate);
    column.period.push(entry.period);
    column.memo.push(entry.memo);
    column.source.push(entry.source);
    column.voucherId.push(entry.voucherId);
    column.relationType.push(entry.relationType);
    column.relationId.push(entry.relationId);
    column.documentReference.push(entry.documentReference);
    column.cancelsEntryId.push(entry.cancelsEntryId);
    column.cancellationReason.push(entry.cancellationReason);
    column.total.push(entry.total);
    column.lineCount.push(entry.lines.length);
    column.postedAt.push(postedAt);
    column.userId.push(entry.userId);
    column.vatTerm.push(entry.vatTerm);
  }
  return Object.values(column).map(String);
}

function lineColumns(entries: readonly NumberedEntry[]): string[] {
  const column = {
    owner: new PlainColumn(),
    entryId: new PlainColumn(),
    lineNo: new PlainColumn(),
    account: new TextColumn(),
    entryDate: new PlainColumn(),
    debit: new PlainColumn(),
    credit: new PlainColumn(),
    dimensionSetId: new PlainColumn(),
    businessPartnerId: new PlainColumn(),
    taxCode: new TextColumn(),
    taxRate: new PlainColumn(),
    taxDeduction: new PlainColumn(),
    taxAmount: new PlainColumn(),
    baseLineNo: new PlainColumn(),
    currencyCode: new TextColumn(),
    currencyAmount: new TextColumn(),
    exchangeRate: new TextColumn(),
    dueDate: new PlainColumn(),
    paymentReference: new TextColumn(),
    documentReference: new TextColumn(),
    memo: new TextColumn(),
  };
  for (const entry of entries) {
    for (const line of entry.lines) {
      column.owner.push(entry.clientAccountId);
      column.entryId.push(entry.id);
      column.lineNo.push(line.lineNo);
      column.account.push(line.account);
      column.entryDate.push(entry.entryDate);
      column.debit.push(line.debit);
      column.credit.push(line.credit);
      column.dimensionSetId.push(line.dimensionSetId);
      column.businessPartnerId.push(line.businessPartnerId);
      column.taxCode.push(line.taxCode);
      column.taxRate.push(line.taxRate);
      column.taxDeduction.push(line.taxDeduction);
      column.taxAmount.push(line.taxAmount);
      column.baseLineNo.push(line.baseLineNo);
      column.currencyCode.push(line.currencyCode);
      column.currencyAmount.push(line.currencyAmount);
      column.exchangeRate.push(line.exchangeRate);
      column.dueDate.push(line.dueDate);
      column.paymentReference.push(line.paymentReference);
      column.documentReference.push(line.documentReference);
      column.memo.push(line.memo);
    }
  }
  return Object.values(column).map(String);
}

/** One delta per client account, account, month and dimension set, whatever the number of lines. */
function deltaColumns(entries: readonly NumberedEntry[]): string[] {
  const deltas = new Map<
    string,
    { owner: number; account: string; month: string; set: number; debit: Ore; credit: Ore; lines: number }
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
        delta.lines++;
      } else {
        deltas.set(key, {
          owner: entry.clientAccountId,
          account: line.account,
          month,
          set,
          debit: line.debit,
          credit: line.credit,
          lines: 1,
        });
      }
    }
  }
  const column = {
    owner: new PlainColumn(),
    account: new TextColumn(),
    month: new PlainColumn(),
    set: new PlainColumn(),
    debit: new PlainColumn(),
    credit: new PlainColumn(),
    lines: new PlainColumn(),
  };
  for (const delta of deltas.values()) {
    column.owner.push(delta.owner);
    column.account.push(delta.account);
    column.month.push(delta.month);
    column.set.push(delta.set);
    column.debit.push(delta.debit);
    column.credit.push(delta.credit);
    column.lines.push(delta.lines);
  }
  return Object.values(column).map(String);
}
