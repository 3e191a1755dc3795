import sql from 'sql-template-tag';
import { recordId } from '../../kernel/ids.ts';
import { FiscalCalendar, type FiscalStart } from '../../kernel/fiscal-year.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import { type Head, lockBooks, postingTime, readFiscalCalendar, writeFiscalStart } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';

/**
 * The ledger head of a client account, locked by one transaction from its first statement to its end: ids and numbers
 * are assigned in memory and written back once. After a rollback none are used.
 */
export class Ledger {
  readonly tx: Transaction;
  readonly clientAccountId: number;
  readonly userId: number;
  /** The posting time of all imported entries. */
  readonly now: Date;
  readonly lockedUntil: LocalDate | null;
  #fiscalCalendar: FiscalCalendar;
  #nextId: number;
  #postingNo: number;
  #turnover: Ore;
  readonly #series = new Map<string, number>();

  private constructor(
    tx: Transaction,
    clientAccountId: number,
    userId: number,
    now: Date,
    head: Head,
    fiscalCalendar: FiscalCalendar,
  ) {
    this.tx = tx;
    this.clientAccountId = clientAccountId;
    this.userId = userId;
    this.now = now;
    this.lockedUntil = head.locked_until;
    this.#fiscalCalendar = fiscalCalendar;
    this.#nextId = head.next_id;
    this.#postingNo = head.last_posting_no;
    this.#turnover = ore(head.turnover);
  }

  static async hold(tx: Transaction, clientAccountId: number, userId: number, now: Date): Promise<Ledger> {
    const head = await lockBooks(tx, clientAccountId);
    const fiscalCalendar = await readFiscalCalendar(tx, clientAccountId);
    return new Ledger(tx, clientAccountId, userId, postingTime(now, head.last_posted_at), head, fiscalCalendar);
  }

  get fiscalCalendar(): FiscalCalendar {
    return this.#fiscalCalendar;
  }

  /** For books without entries and without chosen fiscal years: takes those of the file. */
  async adoptFiscalYears(start: FiscalStart | null): Promise<void> {
    if (start === null || this.#fiscalCalendar.starts.length > 0) return;
    await writeFiscalStart(this.tx, this.clientAccountId, start, this);
    this.#fiscalCalendar = new FiscalCalendar([start]);
  }

  takeId(): number {
    return recordId(this.clientAccountId, this.#nextId++);
  }

  /** For ids that are used without their client account (dimension sets). */
  takeShortId(): number {
    return this.#nextId++;
  }

  /**
   * For an entry with this total debit. The turnover may exceed the limit of the books: the import is then refused
   * before it is written back.
   */
  takePostingNo(total: Ore): number {
    this.#turnover += total;
    return ++this.#postingNo;
  }

  /** The next number of a series, after the existing ones in the ledger. */
  async takeNumber(series: string, fiscalYear: number): Promise<number> {
    const key = `${fiscalYear} ${series}`;
    let last = this.#series.get(key);
    if (last === undefined) {
      const row = await this.tx.maybe<{ last_number: number }>(sql`
        select last_number from number_series
        where client_account_id = ${this.clientAccountId} and series = ${series} and fiscal_year = ${fiscalYear}`);
      last = row?.last_number ?? 0;
    }
    this.#series.set(key, last + 1);
    return last + 1;
  }

  /** The same without a query; null for a series not used in this transaction yet. */
  takeKnownNumber(series: string, fiscalYear: number): number | null {
    const key = `${fiscalYear} ${series}`;
    const last = this.#series.get(key);
    if (last === undefined) return null;
    this.#series.set(key, last + 1);
    return last + 1;
  }

  /** The total debit of all entries, including those of this transaction. */
  get turnover(): Ore {
    return this.#turnover;
  }

  /** Writes back the used ids and numbers. */
  async release(): Promise<void> {
    await this.tx.execute(sql`
      update client_account_heads set next_id = ${this.#nextId}, last_posting_no = ${this.#postingNo},
        turnover = ${this.#turnover}, last_posted_at = ${this.now}
      where client_account_id = ${this.clientAccountId}`);
    for (const [key, last] of this.#series) {
      const blank = key.indexOf(' ');
      await this.tx.execute(sql`
        insert into number_series (client_account_id, series, fiscal_year, last_number)
        values (${this.clientAccountId}, ${key.slice(blank + 1)}, ${Number(key.slice(0, blank))}, ${last})
        on conflict (client_account_id, series, fiscal_year) do update set last_number = excluded.last_number`);
    }
  }
}
