import sql from 'sql-template-tag';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { entryKeys } from '../entry-key.ts';
import type { BankEntry, BankStatement, BankStatementEnd } from '../formats/bank-file.ts';
import { detailRows, type OwnSide, ownSideOf } from './entry-rows.ts';
import type { HouseAccount } from './house-accounts.ts';
import type { StatementResult } from './import-result.ts';
import type { NotificationDesk, Notified, Waiting } from './notification-desk.ts';
import { resultOf } from './statement-result.ts';

/** Notified entries looked up together. */
const HELD = 500;

/** Imports one notification of a file: its entries enrich transactions, and never add any. */
export class NotificationImport {
  readonly #desk: NotificationDesk;
  readonly #account: HouseAccount;
  readonly #own: OwnSide;
  readonly #origin: string;
  readonly result: StatementResult;
  #held: BankEntry[] = [];
  readonly #equal = new Map<string, number>();

  private constructor(
    desk: NotificationDesk,
    statement: BankStatement,
    account: HouseAccount,
    origin: string,
    file: string | null,
  ) {
    this.#desk = desk;
    this.#account = account;
    this.#own = ownSideOf(statement, account);
    this.#origin = origin;
    this.result = resultOf(statement, file, account);
  }

  static async begin(
    desk: NotificationDesk,
    statement: BankStatement,
    account: HouseAccount,
    origin: string,
    file: string | null,
  ): Promise<NotificationImport> {
    const { tx, clientAccountId } = desk.context;
    await tx.execute(sql`
      select 1 from bank_accounts where client_account_id = ${clientAccountId} and id = ${account.id} for no key update`);
    return new NotificationImport(desk, statement, account, origin, file);
  }

  async add(entry: BankEntry): Promise<void> {
    this.#held.push(entry);
    if (this.#held.length >= HELD) await this.#take();
  }

  async end({ statement, entryCount, pendingCount }: BankStatementEnd): Promise<void> {
    await this.#take();
    const { result } = this;
    Object.assign(result, {
      entries: entryCount,
      pending: pendingCount,
      from_date: statement.from,
      to_date: statement.to,
    });
    if (result.enriched === 0 && result.waiting === 0) result.status = 'known';
  }

  async #take(): Promise<void> {
    const entries = this.#held.splice(0);
    if (entries.length === 0) return;
    const { tx, clientAccountId, importId } = this.#desk.context;
    const keyed = entries.map((entry) => {
      const { strong, weak } = entryKeys(String(this.#account.id), entry);
      const key = `${this.#origin} ${strong ?? weak}`;
      const ordinal = (this.#equal.get(key) ?? 0) + 1;
      this.#equal.set(key, ordinal);
      return { entry, key, ordinal };
    });
    const standing = await tx.rows<{ key: string; key_ordinal: number }>(sql`
      select key, key_ordinal from bank_notifications
      where client_account_id = ${clientAccountId} and bank_account_id = ${this.#account.id}
        and key = any(${textArray([...new Set(keyed.map(({ key }) => key))])}::text[])`);
    const known = new Set(standing.map((row) => `${row.key} ${row.key_ordinal}`));
    const fresh = keyed.filter(({ key, ordinal }) => !known.has(`${key} ${ordinal}`));
    this.result.already_known += keyed.length - fresh.length;
    await this.#desk.ids.have(fresh.length);
    const waiting = fresh.map(({ entry }): Waiting => ({
      id: this.#desk.ids.take(),
      bookingDate: entry.bookingDate,
      amount: entry.amount,
      currency: entry.currency,
      notified: this.#notified(entry),
    }));
    const found = await this.#desk.match(this.#account, waiting);
    this.result.enriched += found.size;
    this.result.waiting += waiting.length - found.size;
    if (fresh.length === 0) return;
    await tx.execute(sql`
      insert into bank_notifications (client_account_id, id, bank_account_id, import_id, booking_date, amount, currency_code,
        key, key_ordinal, entry, transaction_id)
      select ${clientAccountId}, v.id, ${this.#account.id}, ${importId}, v.booking_date, v.amount, v.currency_code, v.key,
        v.ordinal, v.entry::jsonb, v.transaction_id
      from unnest(${numberArray(waiting.map((one) => one.id))}::bigint[], ${textArray(waiting.map((one) => one.bookingDate))}::date[],
        ${numberArray(waiting.map((one) => one.amount))}::bigint[], ${textArray(waiting.map((one) => one.currency))}::text[],
        ${textArray(fresh.map((one) => one.key))}::text[], ${numberArray(fresh.map((one) => one.ordinal))}::int[],
        ${textArray(waiting.map((one) => JSON.stringify(one.notified)))}::text[],
        ${numberArray(waiting.map((one) => found.get(one.id) ?? null))}::bigint[])
        as v (id, booking_date, amount, currency_code, key, ordinal, entry, transaction_id)`);
  }

  #notified(entry: BankEntry): Notified {
    return {
      origin: this.#origin,
      bank_reference: entry.bankReference,
      message_id: entry.messageId ?? entry.batch?.messageId ?? null,
      payment_id: entry.paymentId ?? entry.batch?.paymentId ?? null,
      batch_count: entry.batch?.count ?? null,
      counterparty_name: entry.counterparty.name,
      counterparty_account: entry.counterparty.account,
      structured_reference: entry.structuredReference,
      details: detailRows(entry, this.#own),
    };
  }
}
