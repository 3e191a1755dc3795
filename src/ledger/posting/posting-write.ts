import { startOfMonth } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import { ArrayParam } from '../../platform/database/array-param.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { PreparedEntry } from '../entries/entry-check.ts';
import { PlainColumn, TextColumn } from '../pg-array.ts';
import * as statements from './posting-statements.ts';

/** What an entry gets when it is posted. */
export interface EntryIdentity {
  clientAccountId: number;
  id: number;
  postingNo: number;
  sequenceNumber: number;
  postedAt: Date;
  userId: number;
}

export interface NumberedEntry extends PreparedEntry, EntryIdentity {}

/** Field by field: spreading two objects into a third costs more than the rest of numbering. */
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

function entryColumns(entries: readonly NumberedEntry[]): Buffer[] {
  const column = {
    owner: new ArrayParam('bigint', entries.length),
    id: new ArrayParam('bigint', entries.length),
    postingNo: new ArrayParam('bigint', entries.length),
    series: new ArrayParam('text', entries.length),
    fiscalYear: new ArrayParam('int', entries.length),
    sequenceNumber: new ArrayParam('int', entries.length),
    entryDate: new ArrayParam('date', entries.length),
    period: new ArrayParam('int', entries.length),
    memo: new ArrayParam('text', entries.length),
    source: new ArrayParam('text', entries.length),
    voucherId: new ArrayParam('bigint', entries.length),
    relationType: new ArrayParam('text', entries.length),
    relationId: new ArrayParam('bigint', entries.length),
    documentReference: new ArrayParam('text', entries.length),
    cancelsEntryId: new ArrayParam('bigint', entries.length),
    cancellationReason: new ArrayParam('text', entries.length),
    total: new ArrayParam('bigint', entries.length),
    lineCount: new ArrayParam('int', entries.length),
    postedAt: new ArrayParam('timestamptz', entries.length),
    userId: new ArrayParam('bigint', entries.length),
    vatTerm: new ArrayParam('date', entries.length),
  };
  for (const entry of entries) {
    column.owner.bigint(entry.clientAccountId);
    column.id.bigint(entry.id);
    column.postingNo.bigint(entry.postingNo);
    column.series.text(entry.series);
    column.fiscalYear.int(entry.fiscalYear);
    column.sequenceNumber.int(entry.sequenceNumber);
    column.entryDate.date(entry.entryDate);
    column.period.int(entry.period);
    column.memo.text(entry.memo);
    column.source.text(entry.source);
    column.voucherId.bigint(entry.voucherId);
    column.relationType.text(entry.relationType);
    column.relationId.bigint(entry.relationId);
    column.documentReference.text(entry.documentReference);
    column.cancelsEntryId.bigint(entry.cancelsEntryId);
    column.cancellationReason.text(entry.cancellationReason);
    column.total.bigint(entry.total);
    column.lineCount.int(entry.lines.length);
    column.postedAt.timestamptz(entry.postedAt);
    column.userId.bigint(entry.userId);
    column.vatTerm.date(entry.vatTerm);
  }
  return Object.values(column).map((one) => one.take());
}

function lineColumns(entries: readonly NumberedEntry[]): (Buffer | string)[] {
  let lines = 0;
  for (const entry of entries) lines += entry.lines.length;
  const column = {
    owner: new ArrayParam('bigint', lines),
    entryId: new ArrayParam('bigint', lines),
    lineNo: new ArrayParam('int', lines),
    account: new ArrayParam('text', lines),
    entryDate: new ArrayParam('date', lines),
    debit: new ArrayParam('bigint', lines),
    credit: new ArrayParam('bigint', lines),
    dimensionSetId: new ArrayParam('int', lines),
    businessPartnerId: new ArrayParam('bigint', lines),
    taxCode: new ArrayParam('text', lines),
    taxRate: new PlainColumn(),
    taxDeduction: new PlainColumn(),
    taxAmount: new ArrayParam('bigint', lines),
    baseLineNo: new ArrayParam('int', lines),
    currencyCode: new ArrayParam('text', lines),
    currencyAmount: new TextColumn(),
    exchangeRate: new TextColumn(),
    dueDate: new ArrayParam('date', lines),
    paymentReference: new ArrayParam('text', lines),
    documentReference: new ArrayParam('text', lines),
    memo: new ArrayParam('text', lines),
  };
  for (const entry of entries) {
    for (const line of entry.lines) {
      column.owner.bigint(entry.clientAccountId);
      column.entryId.bigint(entry.id);
      column.lineNo.int(line.lineNo);
      column.account.text(line.account);
      column.entryDate.date(entry.entryDate);
      column.debit.bigint(line.debit);
      column.credit.bigint(line.credit);
      column.dimensionSetId.int(line.dimensionSetId);
      column.businessPartnerId.bigint(line.businessPartnerId);
      column.taxCode.text(line.taxCode);
      column.taxRate.push(line.taxRate);
      column.taxDeduction.push(line.taxDeduction);
      column.taxAmount.bigint(line.taxAmount);
      column.baseLineNo.int(line.baseLineNo);
      column.currencyCode.text(line.currencyCode);
      column.currencyAmount.push(line.currencyAmount);
      column.exchangeRate.push(line.exchangeRate);
      column.dueDate.date(line.dueDate);
      column.paymentReference.text(line.paymentReference);
      column.documentReference.text(line.documentReference);
      column.memo.text(line.memo);
    }
  }
  return Object.values(column).map((one) => (one instanceof ArrayParam ? one.take() : String(one)));
}

/** One delta per client account, account, month and dimension set, for any number of lines. */
function deltaColumns(entries: readonly NumberedEntry[]): Buffer[] {
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
    owner: new ArrayParam('bigint', deltas.size),
    account: new ArrayParam('text', deltas.size),
    month: new ArrayParam('date', deltas.size),
    set: new ArrayParam('int', deltas.size),
    debit: new ArrayParam('bigint', deltas.size),
    credit: new ArrayParam('bigint', deltas.size),
    lines: new ArrayParam('int', deltas.size),
  };
  for (const delta of deltas.values()) {
    column.owner.bigint(delta.owner);
    column.account.text(delta.account);
    column.month.date(delta.month);
    column.set.int(delta.set);
    column.debit.bigint(delta.debit);
    column.credit.bigint(delta.credit);
    column.lines.int(delta.lines);
  }
  return Object.values(column).map((one) => one.take());
}
