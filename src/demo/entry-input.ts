import { assert } from '../kernel/assert.ts';
import { formatAmount } from '../kernel/money.ts';
import type { DraftInput, EntryInput, LineInput } from '../ledger/index.ts';
import type { StoryDraft, StoryEntry, StoryLine } from './story/book.ts';

/** Ids of the masters of one client account, by the keys of the story. */
export interface MasterIds {
  partners: ReadonlyMap<string, number>;
  departments: ReadonlyMap<string, number>;
  projects: ReadonlyMap<string, number>;
  assets: ReadonlyMap<string, number>;
  /** By ledger account. */
  bankAccounts: ReadonlyMap<string, number>;
}

export function entryInput(entry: StoryEntry, ids: MasterIds, voucherId?: number): EntryInput {
  return {
    entry_date: entry.date,
    series: entry.series,
    memo: entry.memo,
    ...(entry.document ? { document_reference: entry.document } : {}),
    ...(voucherId === undefined ? {} : { voucher_id: voucherId }),
    lines: entry.lines.map((line) => lineInput(line, ids)),
  };
}

export function draftInput(draft: StoryDraft, ids: MasterIds): DraftInput {
  return { entry_date: draft.date, memo: draft.memo, lines: draft.lines.map((line) => lineInput(line, ids)) };
}

function lineInput(line: StoryLine, ids: MasterIds): LineInput {
  const { department, project, asset, currency } = line;
  const bankAccount = ids.bankAccounts.get(line.account);
  const dimensions = [
    ...(department ? [{ type: 'department', id: known(ids.departments, department) }] : []),
    ...(project ? [{ type: 'project', id: known(ids.projects, project) }] : []),
    ...(asset ? [{ type: 'asset', id: known(ids.assets, asset) }] : []),
    ...(bankAccount === undefined ? [] : [{ type: 'bank_account', id: bankAccount }]),
  ];
  return {
    account_code: line.account,
    ...(line.amount > 0n ? { debit: formatAmount(line.amount) } : { credit: formatAmount(-line.amount) }),
    ...(line.taxCode ? { tax_code: line.taxCode } : {}),
    ...(line.gross ? { amount_basis: 'gross' as const } : {}),
    ...(line.partner ? { business_partner_id: known(ids.partners, line.partner) } : {}),
    ...(dimensions.length > 0 ? { dimensions } : {}),
    ...(currency
      ? {
          currency_code: currency.code,
          currency_amount: formatAmount(currency.amount),
          exchange_rate: currency.rate,
        }
      : {}),
    ...(line.dueDate ? { due_date: line.dueDate } : {}),
    ...(line.kid ? { payment_reference: line.kid } : {}),
    ...(line.document ? { document_reference: line.document } : {}),
    ...(line.memo ? { memo: line.memo } : {}),
  };
}

function known(ids: ReadonlyMap<string, number>, key: string): number {
  const id = ids.get(key);
  assert(id !== undefined, `the story names ${key}, which it has not made`);
  return id;
}
