import sql from 'sql-template-tag';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import { ore } from '../../kernel/money.ts';
import { type EnrichableEntry, enrichedEntry } from '../enriched-entry.ts';
import type { DetailRow } from './entry-rows.ts';
import { enrich, type Enriching } from './enrich-transactions.ts';
import type { HouseAccount } from './house-accounts.ts';
import type { RecordIds } from './record-ids.ts';
import type { ImportContext } from './transaction-writer.ts';

/** Notified entries looked up together. */
const HELD = 500;
/** Maximum distance in days of a notification and its entry, if a reference of the bank or of the order connects them. */
const DAYS_APART = 10;

/** A notified entry as stored: its keys, and its payments. */
export interface Notified {
  origin: string;
  bank_reference: string | null;
  message_id: string | null;
  payment_id: string | null;
  batch_count: number | null;
  counterparty_name: string | null;
  counterparty_account: string | null;
  structured_reference: string | null;
  details: DetailRow[];
}

export interface Waiting {
  id: number;
  bookingDate: LocalDate;
  amount: bigint;
  currency: string;
  notified: Notified;
}

/** Notifications of an import: each enriches one booked transaction, or is held until that is booked. */
export class NotificationDesk {
  readonly #context: ImportContext;
  readonly #ids: RecordIds;
  /** Changes of transactions, made at the very end, so that users of those transactions wait as briefly as possible. */
  readonly #enriching: Enriching[] = [];

  constructor(context: ImportContext, ids: RecordIds) {
    this.#context = context;
    this.#ids = ids;
  }

  /**
   * Finds held notifications for transactions of these days, which were just written. Returns the number of enriched ones.
   */
  async booked(account: HouseAccount, from: LocalDate, to: LocalDate): Promise<number> {
    const { tx, clientAccountId } = this.#context;
    let enriched = 0;
    for (let after = 0; ;) {
      const rows = await tx.prepared<{
        id: number;
        booking_date: LocalDate;
        amount: number;
        currency_code: string;
        entry: Notified;
      }>(
        'bank-waiting-notifications',
        sql`
        select id, booking_date, amount, currency_code, entry from bank_notifications
        where client_account_id = ${clientAccountId} and bank_account_id = ${account.id} and transaction_id is null
          and booking_date between ${addDays(from, -DAYS_APART)} and ${addDays(to, DAYS_APART)} and id > ${after}
        order by id limit ${HELD}`,
      );
      const waiting = rows.map((row): Waiting => ({
        id: row.id,
        bookingDate: row.booking_date,
        amount: ore(row.amount),
        currency: row.currency_code,
        notified: row.entry,
      }));
      const found = await this.match(account, waiting);
      const matched = waiting.filter(({ id }) => found.has(id));
      enriched += matched.length;
      if (matched.length > 0)
        tx.post(sql`
        update bank_notifications n set transaction_id = t.transaction_id
        from unnest(${numberArray(matched.map(({ id }) => id))}::bigint[],
          ${numberArray(matched.map(({ id }) => found.get(id)!))}::bigint[]) as t (id, transaction_id)
        where n.client_account_id = ${clientAccountId} and n.id = t.id`);
      if (rows.length < HELD) return enriched;
      after = rows.at(-1)!.id;
    }
  }

  /** The transactions that these notifications enrich, by notification; their details are added at the end. */
  async match(account: HouseAccount, waiting: readonly Waiting[]): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    if (waiting.length === 0) return found;
    const sameDay = await this.#candidates(account, waiting, 0);
    const apart = waiting.filter(
      ({ notified }) =>
        notified.bank_reference !== null || (notified.message_id !== null && notified.payment_id !== null),
    );
    const around = apart.length === 0 ? [] : await this.#candidates(account, apart, DAYS_APART);
    const taken = new Map<number, Set<string>>();
    for (const one of waiting) {
      const free = (candidate: Candidate) =>
        candidate.amount === one.amount &&
        !candidate.enrichedBy.includes(one.notified.origin) &&
        !taken.get(candidate.id)?.has(one.notified.origin);
      const byDay = sameDay.filter((candidate) => candidate.bookingDate === one.bookingDate && free(candidate));
      const byReference = around.filter(free);
      const asked: EnrichableEntry = {
        bookingDate: one.bookingDate,
        amount: one.amount,
        currency: one.currency,
        bankReference: one.notified.bank_reference,
        messageId: one.notified.message_id,
        paymentId: one.notified.payment_id,
        batchCount: one.notified.batch_count,
      };
      const hit = pick(asked, byDay) ?? pick(asked, byReference);
      if (!hit) continue;
      found.set(one.id, hit.id);
      taken.set(hit.id, (taken.get(hit.id) ?? new Set()).add(one.notified.origin));
      this.#enriching.push({ transactionId: hit.id, ...one.notified });
    }
    return found;
  }

  async #candidates(account: HouseAccount, waiting: readonly Waiting[], days: number): Promise<Candidate[]> {
    const { tx, clientAccountId } = this.#context;
    const rows = await tx.rows<CandidateRow>(sql`
      select t.id, t.booking_date, t.amount, t.currency_code, t.message_id, t.payment_id,
        case when t.strong_key is not null then t.bank_reference end as bank_reference,
        (t.raw->'batch'->>'count')::int as batch_count,
        array(select n.entry->>'origin' from bank_notifications n
          where n.client_account_id = t.client_account_id and n.transaction_id = t.id) as enriched_by
      from (
        select distinct d.date, v.amount
        from unnest(${textArray(waiting.map((one) => one.bookingDate))}::date[], ${numberArray(waiting.map((one) => one.amount))}::bigint[])
          as v (day, amount)
        cross join lateral (select (v.day + n)::date as date from generate_series(${-days}::int, ${days}::int) n) d
      ) v
      join bank_transactions t on t.client_account_id = ${clientAccountId} and t.bank_account_id = ${account.id}
        and t.booking_date = v.date and t.amount = v.amount
      order by t.id`);
    return rows.map((row) => ({
      id: row.id,
      bookingDate: row.booking_date,
      amount: ore(row.amount),
      currency: row.currency_code,
      bankReference: row.bank_reference,
      messageId: row.message_id,
      paymentId: row.payment_id,
      batchCount: row.batch_count,
      enrichedBy: row.enriched_by,
    }));
  }

  get context(): ImportContext {
    return this.#context;
  }

  get ids(): RecordIds {
    return this.#ids;
  }

  /** Current length of the list of changes; passed to `forget` when later changes are rolled back. */
  get mark(): number {
    return this.#enriching.length;
  }

  forget(mark: number): void {
    this.#enriching.length = mark;
  }

  /** Adds the payments to their transactions. */
  async finish(): Promise<void> {
    await enrich(this.#context, this.#ids, this.#enriching.splice(0));
  }
}

interface CandidateRow {
  id: number;
  booking_date: LocalDate;
  amount: number;
  currency_code: string;
  message_id: string | null;
  payment_id: string | null;
  bank_reference: string | null;
  batch_count: number | null;
  enriched_by: string[];
}

interface Candidate extends EnrichableEntry {
  id: number;
  /** Kinds of source that have enriched it already. */
  enrichedBy: string[];
}

function pick(asked: EnrichableEntry, candidates: readonly Candidate[]): Candidate | null {
  const { found } = enrichedEntry(asked, candidates);
  return found === null ? null : candidates[found]!;
}
