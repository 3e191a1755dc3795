import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import { entryKeys } from '../entry-key.ts';
import type { BankEntry, BankStatement, BankStatementEnd } from '../formats/bank-file.ts';
import type { BankFaults } from '../formats/fault.ts';
import { recogniseEntries, type RecognisableEntry } from '../recognise-entries.ts';
import { coveredDays } from '../statements/covered-days.ts';
import {
  chainBreaks,
  type ChainLink,
  missingStart,
  overlapping,
  type StoredLink,
  storedLinks,
} from '../statements/statement-chain.ts';
import { detailRows, type OwnSide, ownSideOf } from './entry-rows.ts';
import type { HouseAccount, HouseAccounts } from './house-accounts.ts';
import type { StatementResult, SuspiciousEntry } from './import-result.ts';
import type { NotificationDesk } from './notification-desk.ts';
import type { RecordIds } from './record-ids.ts';
import { resultOf } from './statement-result.ts';
import type { ImportContext, TransactionWriter } from './transaction-writer.ts';

/** Limit of entries held until their day is looked up: this many, or those of one day, whichever is larger. */
const HELD = 2_000;
const HELD_OF_ONE_DAY = 20_000;
/** Ids taken at a time: more than one entry with its details needs. */
const IDS_AHEAD = 64;

export interface ImportDesk extends ImportContext {
  ids: RecordIds;
  writer: TransactionWriter;
  accounts: HouseAccounts;
  notifications: NotificationDesk;
  faults: BankFaults;
  acceptSuspicious: boolean;
  accountingCurrency: string;
  suspicious: SuspiciousEntry[];
}

interface StoredEntry extends RecognisableEntry {
  id: number;
}

/**
 * Imports the entries of one statement, under the lock of its bank account: missing ones are written, known ones are
 * counted. Days are looked up when they are complete, so memory holds one day, or a few thousand entries.
 */
export class StatementImport {
  readonly #desk: ImportDesk;
  readonly #account: HouseAccount;
  readonly #own: OwnSide;
  readonly #origin: string;
  readonly result: StatementResult;
  #held: BankEntry[] = [];
  /** Number of entries at the end of `#held` with the date of the last one. */
  #ofLastDate = 0;
  /** Days with transactions before this statement. */
  #storedDays = new Set<LocalDate>();
  /** Stored transactions that are already matched to an entry of this statement. */
  readonly #answered = new Set<number>();
  readonly #firstId: number;
  readonly #statementId: number;
  /** True if the statement's row is certain to be written. */
  readonly #isProven: boolean;
  /** Range of booking dates of the written entries. */
  #firstDay: LocalDate | null = null;
  #lastDay: LocalDate | null = null;

  private constructor(
    desk: ImportDesk,
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
    this.#statementId = desk.ids.take();
    this.#firstId = this.#statementId;
    this.#isProven = statement.opening !== null;
  }

  static async begin(
    desk: ImportDesk,
    statement: BankStatement,
    account: HouseAccount,
    origin: string,
    file: string | null,
  ): Promise<StatementImport> {
    const { tx, clientAccountId } = desk;
    await desk.ids.have(IDS_AHEAD);
    const begun = new StatementImport(desk, statement, account, origin, file);
    // The second statement sees the commit of the previous holder of the lock, for which the first one waited.
    tx.post(
      sql`
      select 1 from bank_accounts where client_account_id = ${clientAccountId} and id = ${account.id} for no key update`,
      'bank-lock-account',
    );
    const days = await tx.prepared<{ day: LocalDate }>(
      'bank-stored-days',
      sql`
      select day from bank_transaction_counts
      where client_account_id = ${clientAccountId} and bank_account_id = ${account.id} and day < 'infinity'`,
    );
    begun.#storedDays = new Set(days.map(({ day }) => day));
    return begun;
  }

  async add(entry: BankEntry): Promise<void> {
    this.#ofLastDate = this.#held.at(-1)?.bookingDate === entry.bookingDate ? this.#ofLastDate + 1 : 1;
    this.#held.push(entry);
    if (this.#held.length < HELD) return;
    if (this.#ofLastDate < this.#held.length)
      await this.#take(this.#held.splice(0, this.#held.length - this.#ofLastDate));
    else if (this.#held.length >= HELD_OF_ONE_DAY) await this.#take(this.#held.splice(0));
  }

  /** Recognises and writes some entries; those of one day together. */
  async #take(entries: readonly BankEntry[]): Promise<void> {
    const delivered = entries.map((entry): RecognisableEntry => ({
      ...entryKeys(String(this.#account.id), entry),
      bookingDate: entry.bookingDate,
      origin: this.#origin,
      amount: entry.amount,
      balanceAfter: entry.balanceAfter,
    }));
    const known = await this.#stored(new Set(delivered.map(({ bookingDate }) => bookingDate)));
    const recognised = known.length === 0 ? null : recogniseEntries(known, delivered);
    for (const [i, entry] of entries.entries()) {
      const recognition = recognised?.[i] ?? ({ verdict: 'new' } as const);
      if (recognition.verdict !== 'new') this.#answered.add(known[recognition.known]!.id);
      if (recognition.verdict === 'known') this.result.already_known++;
      else if (recognition.verdict === 'suspicious' && !this.#desk.acceptSuspicious)
        this.#suspect(entry, known[recognition.known]!.id);
      else await this.#write(entry, delivered[i]!);
    }
  }

  /** Transactions of these days from before this statement that are not matched yet. */
  async #stored(days: ReadonlySet<LocalDate>): Promise<StoredEntry[]> {
    const asked = [...days].filter((day) => this.#storedDays.has(day));
    if (asked.length === 0) return [];
    const { tx, clientAccountId, importId } = this.#desk;
    const rows = await tx.named<{
      id: number;
      booking_date: LocalDate;
      amount: number;
      currency_code: string;
      origin: string;
      strong_key: string | null;
      weak_key: string;
      balance_after: number | null;
    }>('bank-stored-entries', STORED_ENTRIES, [clientAccountId, this.#account.id, asked, importId, this.#firstId]);
    return rows
      .filter((row) => !this.#answered.has(row.id))
      .map((row) => ({
        id: row.id,
        bookingDate: row.booking_date,
        origin: row.origin,
        amount: ore(row.amount),
        balanceAfter: row.balance_after === null ? null : ore(row.balance_after),
        strong: row.strong_key,
        weak: row.weak_key,
        loose: `${this.#account.id} ${row.booking_date} ${formatAmount(ore(row.amount))} ${row.currency_code}`,
      }));
  }

  async #write(entry: BankEntry, keys: RecognisableEntry): Promise<void> {
    const { ids, writer, accounts, accountingCurrency } = this.#desk;
    const details = detailRows(entry, this.#own);
    await ids.have(1 + details.length);
    const id = ids.take();
    writer.add({
      id,
      bankAccountId: this.#account.id,
      statementId: this.#isProven ? this.#statementId : null,
      entry,
      keys,
      origin: this.#origin,
      counterpartyBankAccountId: accounts.idOf(entry.counterparty.account),
      accountingCurrency,
    });
    for (const [i, detail] of details.entries()) writer.addDetail(ids.take(), id, i + 1, detail);
    this.result.imported++;
    if (this.#firstDay === null || entry.bookingDate < this.#firstDay) this.#firstDay = entry.bookingDate;
    if (this.#lastDay === null || entry.bookingDate > this.#lastDay) this.#lastDay = entry.bookingDate;
    if (writer.isFull) await writer.send();
  }

  #suspect(entry: BankEntry, knownId: number): void {
    this.result.suspicious++;
    if (this.#desk.suspicious.length >= 1000) return;
    this.#desk.suspicious.push({
      file: this.result.file,
      statement: this.result.index,
      line: entry.place.line,
      booking_date: entry.bookingDate,
      amount: formatAmount(entry.amount),
      text: entry.text,
      known_transaction_id: knownId,
      reason: 'Samme dato og beløp som en kjent transaksjon fra en annen type kilde, med annen tekst.',
      reason_en: 'The date and amount of a known transaction from another kind of source, worded otherwise.',
    });
  }

  /**
   * The statement is complete and accepted: writes its row, its place in the chain, and held notifications of its entries.
   */
  async end({ statement, entryCount, pendingCount }: BankStatementEnd): Promise<void> {
    await this.#take(this.#held.splice(0));
    await this.#desk.writer.send();
    const { result } = this;
    Object.assign(result, {
      entries: entryCount,
      pending: pendingCount,
      from_date: statement.from,
      to_date: statement.to,
      opening_balance: statement.opening && formatAmount(statement.opening.amount),
      closing_balance: statement.closing && formatAmount(statement.closing.amount),
    });
    if (result.imported === 0 && result.suspicious === 0) result.status = 'known';
    const { opening, closing, from, to } = statement;
    const isWhole = opening && closing && from && to;
    const [enriched] = await Promise.all([
      this.#firstDay && this.#lastDay
        ? this.#desk.notifications.booked(this.#account, this.#firstDay, this.#lastDay)
        : 0,
      isWhole && this.#keep(statement, { from, to, opening: opening.amount, closing: closing.amount }),
    ]);
    result.enriched += enriched;
  }

  async #keep(statement: BankStatement, link: ChainLink): Promise<void> {
    const { tx, clientAccountId, importId, userId, now } = this.#desk;
    const stored = await storedLinks(tx, clientAccountId, this.#account.id, link);
    const same = (one: StoredLink) =>
      one.from === link.from &&
      one.to === link.to &&
      one.opening === link.opening &&
      one.closing === link.closing &&
      one.statementId === statement.id;
    const others = stored.filter((one) => !same(one));
    if (others.length === stored.length || this.result.imported > 0) {
      tx.post(
        sql`
        insert into bank_statements (client_account_id, id, bank_account_id, import_id, statement_id, statement_number,
          from_date, to_date, opening_balance, closing_balance, currency_code, created_at, created_by_id)
        values (${clientAccountId}, ${this.#statementId}, ${this.#account.id}, ${importId}, ${statement.id},
          ${statement.number}, ${link.from}, ${link.to}, ${link.opening}, ${link.closing},
          ${this.#account.currency_code}, ${now}, ${userId})`,
        'bank-insert-statement',
      );
      this.result.bank_statement_id = this.#statementId;
      this.result.status = 'imported';
      if (!this.#isProven && this.result.imported > 0)
        await tx.execute(sql`
          update bank_transactions set statement_id = ${this.#statementId}
          where client_account_id = ${clientAccountId} and bank_account_id = ${this.#account.id}
            and booking_date between ${this.#firstDay} and ${this.#lastDay} and import_id = ${importId}
            and id > ${this.#statementId}`);
    } else this.result.bank_statement_id = stored.find(same)!.id;
    this.result.overlaps = overlapping(link, others).map(({ id, from, to }) => ({
      bank_statement_id: id,
      from_date: from,
      to_date: to,
    }));
    this.#tellChain(statement, link, others);
    if (this.result.suspicious === 0) await this.#prove(statement, link, others);
  }

  /** Compares the transactions of the days with the balances of the statements, and reports a difference. */
  async #prove({ index, place }: BankStatement, link: ChainLink, others: readonly StoredLink[]): Promise<void> {
    const days = coveredDays(link, others);
    if (!days) return;
    const { tx, clientAccountId, faults } = this.#desk;
    const [booked] = await tx.prepared<{ sum: string }>(
      'bank-sum-of-days',
      sql`
      select coalesce(sum(amount), 0)::text as sum from bank_transactions
      where client_account_id = ${clientAccountId} and bank_account_id = ${this.#account.id}
        and booking_date between ${days.from} and ${days.to}`,
    );
    const sum = BigInt(booked!.sum);
    const moved = days.closing - days.opening;
    if (sum === moved) return;
    faults.add('entries-mismatch', {
      statement: index,
      line: place.line,
      path: place.path,
      found: `${daysText(days)}: ${formatAmount(sum)}`,
      expected: `${formatAmount(days.closing)} - ${formatAmount(days.opening)} = ${formatAmount(moved)}`,
    });
  }

  #tellChain({ index, place }: BankStatement, link: ChainLink, others: readonly StoredLink[]): void {
    const { faults } = this.#desk;
    const startsOn = this.#account.statement_start_date;
    const at = { statement: index, line: place.line, path: place.path };
    if (startsOn !== null && link.to < startsOn) return;
    const start = missingStart(link, others, startsOn);
    if (start) faults.add('start-missing', { ...at, found: daysText(start), expected: `from ${startsOn} on` });
    for (const { side, neighbour, expected, missing } of chainBreaks(link, others, startsOn)) {
      const ours = formatAmount(side === 'before' ? link.opening : link.closing);
      if (missing)
        faults.add('days-missing', {
          ...at,
          found: `${daysText(missing)}: ${ours}`,
          expected: `${formatAmount(expected)} (${neighbour.from} - ${neighbour.to})`,
        });
      else
        faults.add('chain-broken', {
          ...at,
          found: ours,
          expected: `${formatAmount(expected)} (${neighbour.from} - ${neighbour.to})`,
        });
    }
  }
}

/** Rows of this import from before the statement count as known, those of the statement do not. */
const STORED_ENTRIES = `
select id, booking_date, amount, currency_code, origin, strong_key, weak_key, balance_after
from bank_transactions
where client_account_id = $1 and bank_account_id = $2 and booking_date = any($3::date[])
  and (import_id is distinct from $4 or id < $5)
order by booking_date, id`;

function daysText({ from, to }: { from: LocalDate; to: LocalDate }): string {
  return from === to ? from : `${from} - ${to}`;
}
