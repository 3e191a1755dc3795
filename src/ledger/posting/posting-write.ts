import { ArrayColumn } from '../../platform/database/arrays.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { BalanceSums } from '../balance-sums.ts';
import type { PreparedEntry } from '../entries/prepared-entry.ts';
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
    owner: new ArrayColumn('bigint', entries.length),
    id: new ArrayColumn('bigint', entries.length),
    postingNo: new ArrayColumn('bigint', entries.length),
    series: new ArrayColumn('text', entries.length),
    fiscalYear: new ArrayColumn('int', entries.length),
    sequenceNumber: new ArrayColumn('int', entries.length),
    entryDate: new ArrayColumn('date', entries.length),
    period: new ArrayColumn('int', entries.length),
    memo: new ArrayColumn('text', entries.length),
    source: new ArrayColumn('text', entries.length),
    voucherId: new ArrayColumn('bigint', entries.length),
    relationType: new ArrayColumn('text', entries.length),
    relationId: new ArrayColumn('bigint', entries.length),
    documentReference: new ArrayColumn('text', entries.length),
    cancelsEntryId: new ArrayColumn('bigint', entries.length),
    cancellationReason: new ArrayColumn('text', entries.length),
    total: new ArrayColumn('bigint', entries.length),
    lineCount: new ArrayColumn('int', entries.length),
    postedAt: new ArrayColumn('timestamptz', entries.length),
    userId: new ArrayColumn('bigint', entries.length),
    vatTerm: new ArrayColumn('date', entries.length),
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

function lineColumns(entries: readonly NumberedEntry[]): Buffer[] {
  let lines = 0;
  for (const entry of entries) lines += entry.lines.length;
  const column = {
    owner: new ArrayColumn('bigint', lines),
    entryId: new ArrayColumn('bigint', lines),
    lineNo: new ArrayColumn('int', lines),
    account: new ArrayColumn('text', lines),
    entryDate: new ArrayColumn('date', lines),
    debit: new ArrayColumn('bigint', lines),
    credit: new ArrayColumn('bigint', lines),
    dimensionSetId: new ArrayColumn('int', lines),
    businessPartnerId: new ArrayColumn('bigint', lines),
    taxCode: new ArrayColumn('text', lines),
    taxRate: new ArrayColumn('text', lines),
    taxDeduction: new ArrayColumn('text', lines),
    taxAmount: new ArrayColumn('bigint', lines),
    baseLineNo: new ArrayColumn('int', lines),
    currencyCode: new ArrayColumn('text', lines),
    currencyAmount: new ArrayColumn('text', lines),
    exchangeRate: new ArrayColumn('text', lines),
    dueDate: new ArrayColumn('date', lines),
    paymentReference: new ArrayColumn('text', lines),
    documentReference: new ArrayColumn('text', lines),
    memo: new ArrayColumn('text', lines),
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
      column.taxRate.text(line.taxRate);
      column.taxDeduction.text(line.taxDeduction);
      column.taxAmount.bigint(line.taxAmount);
      column.baseLineNo.int(line.baseLineNo);
      column.currencyCode.text(line.currencyCode);
      column.currencyAmount.text(line.currencyAmount);
      column.exchangeRate.text(line.exchangeRate);
      column.dueDate.date(line.dueDate);
      column.paymentReference.text(line.paymentReference);
      column.documentReference.text(line.documentReference);
      column.memo.text(line.memo);
    }
  }
  return Object.values(column).map((one) => one.take());
}

/** A row of the table stays below two kilobytes: larger ones are stored apart, in further rows. */
const DELTAS_A_ROW = 32;

/** One delta per client account, account, month and dimension set, for any number of lines; in rows of one client account. */
function deltaColumns(entries: readonly NumberedEntry[]): Buffer[] {
  const owners = new Map<number, BalanceSums>();
  for (const { clientAccountId, entryDate, lines } of entries) {
    let sums = owners.get(clientAccountId);
    if (!sums) owners.set(clientAccountId, (sums = new BalanceSums()));
    sums.add(entryDate, lines);
  }
  let deltas = 0;
  let rows = 0;
  for (const { all } of owners.values()) {
    deltas += all.length;
    rows += Math.ceil(all.length / DELTAS_A_ROW);
  }
  const column = {
    owner: new ArrayColumn('bigint', rows),
    first: new ArrayColumn('int', rows),
    last: new ArrayColumn('int', rows),
    account: new ArrayColumn('text', deltas),
    month: new ArrayColumn('date', deltas),
    set: new ArrayColumn('int', deltas),
    debit: new ArrayColumn('bigint', deltas),
    credit: new ArrayColumn('bigint', deltas),
    lines: new ArrayColumn('int', deltas),
  };
  let before = 0;
  for (const [owner, { all }] of owners) {
    for (let from = 0; from < all.length; from += DELTAS_A_ROW) {
      column.owner.bigint(owner);
      column.first.int(before + from + 1);
      column.last.int(before + Math.min(from + DELTAS_A_ROW, all.length));
    }
    before += all.length;
    for (const delta of all) {
      column.account.text(delta.account);
      column.month.date(delta.month);
      column.set.int(delta.set);
      column.debit.bigint(delta.debit);
      column.credit.bigint(delta.credit);
      column.lines.int(delta.lines);
    }
  }
  return Object.values(column).map((one) => one.take());
}
