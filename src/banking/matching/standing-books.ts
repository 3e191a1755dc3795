import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { numberArray } from '../../platform/database/arrays.ts';
import { matchingErrors } from './errors.ts';
import type { MatchWish } from './matches/match-wish.ts';
import { itemKey, type OpenItem, readOpenItems } from './items/open-items.ts';

/** A bank transaction and its account. Amounts in hundredths of the account's currency. */
export interface StandingTransaction {
  id: number;
  bank_account_id: number;
  account_code: string;
  account_currency: string;
  booking_date: LocalDate;
  amount: Ore;
  open: Ore;
  exchange_rate: string | null;
  instructed_currency_code: string | null;
  counterparty_name: string | null;
  counterparty_account: string | null;
  structured_reference: string | null;
}

interface StandingDetail {
  id: number;
  transaction_id: number;
  open: Ore;
  counterparty_name: string | null;
  counterparty_account: string | null;
}

export interface StandingLine {
  entry_id: number;
  line_no: number;
  account_code: string;
  entry_date: LocalDate;
  /** Debit − credit, in the currency of the bank account if the line has it. */
  amount: Ore;
  currency_code: string | null;
  currency_amount: Ore | null;
}

/** Current state of the records that some matches use; each use consumes its part. */
export class StandingBooks {
  readonly transactions = new Map<number, StandingTransaction>();
  readonly details = new Map<number, StandingDetail>();
  readonly items = new Map<string, OpenItem>();
  readonly lines = new Map<string, StandingLine>();

  static async read(tx: Transaction, clientAccountId: number, wishes: readonly MatchWish[]): Promise<StandingBooks> {
    const books = new StandingBooks();
    const transactionIds = wishes.flatMap(({ transactions }) => transactions.map((each) => each.transactionId));
    const detailIds = wishes.flatMap(({ transactions }) => transactions.flatMap((each) => each.detailId ?? []));
    const items = wishes.flatMap((wish) => wish.items);
    const lines = wishes.flatMap((wish) => wish.lines);
    await books.#readTransactions(tx, clientAccountId, [...new Set(transactionIds)]);
    if (detailIds.length > 0) await books.#readDetails(tx, clientAccountId, [...new Set(detailIds)]);
    if (items.length > 0) {
      const found = await readOpenItems(
        tx,
        clientAccountId,
        sql`(l.entry_id, l.line_no) in (select * from unnest(${numberArray(items.map(({ entryId }) => entryId))}::bigint[],
          ${numberArray(items.map(({ lineNo }) => lineNo))}::int[]))`,
      );
      for (const item of found) books.items.set(itemKey(item), item);
    }
    if (lines.length > 0) await books.#readLines(tx, clientAccountId, lines);
    return books;
  }

  async #readTransactions(tx: Transaction, clientAccountId: number, ids: number[]): Promise<void> {
    const rows = await tx.rows<Omit<StandingTransaction, 'amount' | 'open'> & { amount: number; open: number }>(sql`
      select t.id, t.bank_account_id, b.account_code, b.currency_code as account_currency,
        coalesce(t.booking_date, t.value_date, (t.created_at at time zone 'Europe/Oslo')::date) as booking_date, t.amount,
        t.amount - t.external_reconciled_amount - t.matched_amount as open, t.exchange_rate, t.instructed_currency_code,
        case when t.amount >= 0 then t.payor_name else t.payee_name end as counterparty_name, t.counterparty_account,
        t.structured_reference
      from bank_transactions t
      join bank_accounts b on b.client_account_id = t.client_account_id and b.id = t.bank_account_id
      where t.client_account_id = ${clientAccountId} and t.id = any(${numberArray(ids)}::bigint[])`);
    for (const row of rows) this.transactions.set(row.id, { ...row, amount: ore(row.amount), open: ore(row.open) });
  }

  async #readDetails(tx: Transaction, clientAccountId: number, ids: number[]): Promise<void> {
    const rows = await tx.rows<Omit<StandingDetail, 'open'> & { open: number }>(sql`
      select d.id, d.transaction_id, coalesce(d.amount, t.amount) - coalesce(m.matched, 0)::bigint as open,
        case when coalesce(d.amount, t.amount) >= 0 then d.sender_name else d.receiver_name end as counterparty_name,
        case when coalesce(d.amount, t.amount) >= 0 then d.sender_account else d.receiver_account end as counterparty_account
      from bank_transaction_details d
      join bank_transactions t on t.client_account_id = d.client_account_id and t.id = d.transaction_id
      left join (select detail_id, sum(amount) as matched from bank_match_transactions
        where client_account_id = ${clientAccountId} and is_active and detail_id = any(${numberArray(ids)}::bigint[])
        group by 1) m on m.detail_id = d.id
      where d.client_account_id = ${clientAccountId} and d.id = any(${numberArray(ids)}::bigint[])`);
    for (const row of rows) this.details.set(row.id, { ...row, open: ore(row.open) });
  }

  async #readLines(
    tx: Transaction,
    clientAccountId: number,
    lines: readonly { entryId: number; lineNo: number }[],
  ): Promise<void> {
    const rows = await tx.rows<
      Omit<StandingLine, 'amount' | 'currency_amount'> & { amount: number; currency_amount: number | null }
    >(sql`
      select l.entry_id, l.line_no, l.account_code, l.entry_date, l.debit - l.credit as amount, l.currency_code,
        round(sign(l.debit - l.credit) * abs(l.currency_amount) * 100)::bigint as currency_amount
      from journal_entry_lines l
      where l.client_account_id = ${clientAccountId}
        and (l.entry_id, l.line_no) in (select * from unnest(${numberArray(lines.map(({ entryId }) => entryId))}::bigint[],
          ${numberArray(lines.map(({ lineNo }) => lineNo))}::int[]))
        and not exists (select from bank_match_lines m where m.client_account_id = l.client_account_id
          and m.entry_id = l.entry_id and m.line_no = l.line_no and m.is_active)`);
    for (const row of rows)
      this.lines.set(itemKey(row), {
        ...row,
        amount: ore(row.amount),
        currency_amount: row.currency_amount === null ? null : ore(row.currency_amount),
      });
  }

  transaction(id: number): StandingTransaction {
    const found = this.transactions.get(id);
    if (!found) throw requestErrors.not_found({ what: 'Bank transaction', id });
    return found;
  }

  /** Consumes a part of a transaction, and of its payment if one is named. Throws 409 if less is open. */
  takeTransaction(id: number, detailId: number | null, wanted: Ore | null): Ore {
    const transaction = this.transaction(id);
    const detail = detailId === null ? null : this.details.get(detailId);
    if (detail === undefined || (detail && detail.transaction_id !== id))
      throw requestErrors.not_found({ what: 'Bank transaction detail', id: detailId! });
    const open = detail && covers(transaction.open, detail.open) ? detail.open : transaction.open;
    const amount = wanted ?? open;
    if (amount === 0n || !covers(open, amount)) throw notOpen('bank transaction', id, open, amount);
    transaction.open -= amount;
    if (detail) detail.open -= amount;
    return amount;
  }

  item(entryId: number, lineNo: number): OpenItem {
    const found = this.items.get(`${entryId}:${lineNo}`);
    if (!found) throw notOpen('item', `${entryId}/${lineNo}`, 0n, null);
    return found;
  }

  takeItem(entryId: number, lineNo: number, amount: Ore): void {
    const item = this.item(entryId, lineNo);
    if (amount === 0n || !covers(item.remaining, amount))
      throw notOpen('item', `${entryId}/${lineNo}`, item.remaining, amount);
    item.remaining -= amount;
  }

  takeLine(entryId: number, lineNo: number): StandingLine {
    const key = `${entryId}:${lineNo}`;
    const found = this.lines.get(key);
    if (!found) throw notOpen('line', `${entryId}/${lineNo}`, 0n, null);
    this.lines.delete(key);
    return found;
  }
}

/** Same sign and no larger. */
export function covers(open: Ore, amount: Ore): boolean {
  return open >= 0n ? amount >= 0n && amount <= open : amount <= 0n && amount >= open;
}

function notOpen(what: string, id: number | string, open: Ore, wanted: Ore | null) {
  return matchingErrors.not_open({
    what,
    id,
    open: formatAmount(open),
    wanted: wanted === null ? '' : formatAmount(wanted),
  });
}
