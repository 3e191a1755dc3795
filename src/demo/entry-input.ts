import { assert } from '../kernel/assert.ts';
import { parseScaled } from '../kernel/money.ts';
import { currencyOfOre, type NewEntry, type NewLine, RATE_DECIMALS } from '../ledger/index.ts';
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

export function entryInput(entry: StoryEntry, ids: MasterIds, voucherId?: number): NewEntry {
  return {
    entryDate: entry.date,
    series: entry.series,
    memo: entry.memo,
    documentReference: entry.document ?? null,
    voucherId: voucherId ?? null,
    lines: entry.lines.map((line) => lineInput(line, ids)),
  };
}

export function draftInput(draft: StoryDraft, ids: MasterIds): NewEntry {
  return { entryDate: draft.date, memo: draft.memo, lines: draft.lines.map((line) => lineInput(line, ids)) };
}

function lineInput(line: StoryLine, ids: MasterIds): NewLine {
  const { department, project, asset, currency } = line;
  const bankAccount = ids.bankAccounts.get(line.account);
  const dimensions = [
    ...(department ? [{ type: 'department', id: known(ids.departments, department) }] : []),
    ...(project ? [{ type: 'project', id: known(ids.projects, project) }] : []),
    ...(asset ? [{ type: 'asset', id: known(ids.assets, asset) }] : []),
    ...(bankAccount === undefined ? [] : [{ type: 'bank_account', id: bankAccount }]),
  ];
  return {
    account: line.account,
    amount: line.amount,
    taxCode: line.taxCode ?? null,
    amountBasis: line.gross ? 'gross' : 'net',
    businessPartnerId: line.partner ? known(ids.partners, line.partner) : null,
    dimensions,
    currency: currency ? currencyOfOre(currency.code, currency.amount, rateOf(currency.rate)) : null,
    dueDate: line.dueDate ?? null,
    paymentReference: line.kid ?? null,
    documentReference: line.document ?? null,
    memo: line.memo ?? null,
  };
}

function rateOf(text: string): bigint {
  const rate = parseScaled(text, RATE_DECIMALS);
  assert(rate !== null, `the story has the rate ${text}`);
  return rate;
}

function known(ids: ReadonlyMap<string, number>, key: string): number {
  const id = ids.get(key);
  assert(id !== undefined, `the story names ${key}, which it has not made`);
  return id;
}
