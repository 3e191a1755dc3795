import { ArrayColumn, UNDERWAY } from '../../platform/database/arrays.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { EntryKeys } from '../entry-key.ts';
import type { BankEntry } from '../formats/bank-file.ts';
import { returnText } from '../formats/return-reason.ts';
import { type DetailRow, rawOf } from './entry-rows.ts';

const TRANSACTION_COLUMNS = {
  id: 'bigint',
  bank_account_id: 'bigint',
  statement_id: 'bigint',
  payee_name: 'text',
  payee_bank_account_id: 'bigint',
  payor_name: 'text',
  payor_bank_account_id: 'bigint',
  counterparty_account: 'text',
  message_id: 'text',
  payment_id: 'text',
  instruction_id: 'text',
  end_to_end_id: 'text',
  booking_date: 'date',
  value_date: 'date',
  memo: 'text',
  instructed_amount: 'numeric',
  instructed_currency_code: 'text',
  instructed_exchange_rate: 'numeric',
  amount: 'bigint',
  currency_code: 'text',
  exchange_rate: 'numeric',
  bank_reference: 'text',
  structured_reference: 'text',
  bank_code: 'text',
  is_reversal: 'boolean',
  return_reason: 'text',
  origin: 'text',
  strong_key: 'text',
  weak_key: 'text',
  balance_after: 'bigint',
  raw: 'jsonb',
} as const;

const DETAIL_COLUMNS = {
  id: 'bigint',
  transaction_id: 'bigint',
  position: 'int',
  transaction_type: 'text',
  account_name: 'text',
  account_number: 'text',
  account_currency_code: 'text',
  archive_reference: 'text',
  structured_reference: 'text',
  bank_information: 'text',
  amount: 'bigint',
  currency_code: 'text',
  description: 'text',
  booking_date: 'date',
  value_date: 'date',
  invoice_number: 'text',
  sender_name: 'text',
  sender_account: 'text',
  receiver_name: 'text',
  receiver_account: 'text',
  end_to_end_id: 'text',
  is_derived: 'boolean',
} as const;

type ColumnType = 'bigint' | 'int' | 'text' | 'date' | 'numeric' | 'boolean' | 'jsonb';

/**
 * `insert ... select unnest(...)`, all in step: in the from list PostgreSQL would first store the rows. Types without an
 * array encoding here are sent as text.
 */
function insertStatement(table: string, columns: Record<string, ColumnType>, more: [string, string][]): string {
  const names = Object.keys(columns);
  const cast = (type: ColumnType) => (['numeric', 'boolean', 'jsonb'].includes(type) ? 'text' : type);
  const given = more.map(([, type], i) => `$${i + 1}::${type}`);
  const values = names.map((name, i) => {
    const type = columns[name]!;
    const array = `unnest($${i + 1 + more.length}::${cast(type)}[])`;
    return cast(type) === type ? array : `${array}::${type}`;
  });
  return `insert into ${table} (${[...more.map(([name]) => name), ...names].join(', ')})
select ${[...given, ...values].join(', ')}`;
}

const INSERT_TRANSACTIONS = insertStatement('bank_transactions', TRANSACTION_COLUMNS, [
  ['client_account_id', 'bigint'],
  ['import_id', 'bigint'],
  ['created_at', 'timestamptz'],
  ['created_by_id', 'bigint'],
]);
const INSERT_DETAILS = insertStatement('bank_transaction_details', DETAIL_COLUMNS, [
  ['client_account_id', 'bigint'],
  ['import_id', 'bigint'],
]);

type Columns<C extends Record<string, ColumnType>> = { [K in keyof C]: ArrayColumn };

function columnsOf<C extends Record<string, ColumnType>>(columns: C): Columns<C> {
  const made = Object.entries(columns).map(([name, type]) => [
    name,
    new ArrayColumn(
      ['numeric', 'boolean', 'jsonb'].includes(type) ? 'text' : (type as 'bigint' | 'int' | 'text' | 'date'),
    ),
  ]);
  return Object.fromEntries(made) as Columns<C>;
}

const ROWS_PER_STATEMENT = 2_000;

export interface ImportContext {
  tx: Transaction;
  clientAccountId: number;
  importId: number;
  userId: number;
  now: Date;
}

export interface NewTransactionRow {
  id: number;
  bankAccountId: number;
  statementId: number | null;
  entry: BankEntry;
  keys: EntryKeys;
  origin: string;
  counterpartyBankAccountId: number | null;
  accountingCurrency: string;
}

/**
 * Writes transactions and their details in large statements, while the caller goes on reading: at most `UNDERWAY` batches
 * are in transit to the database.
 */
export class TransactionWriter {
  readonly #context: ImportContext;
  readonly #transactions = columnsOf(TRANSACTION_COLUMNS);
  readonly #details = columnsOf(DETAIL_COLUMNS);
  #transactionCount = 0;
  #detailCount = 0;
  readonly #underway: Promise<unknown>[] = [];
  #failure: unknown;

  constructor(context: ImportContext) {
    this.#context = context;
  }

  get isFull(): boolean {
    return this.#detailCount >= ROWS_PER_STATEMENT || this.#transactionCount >= ROWS_PER_STATEMENT;
  }

  add(row: NewTransactionRow): void {
    const { entry, keys } = row;
    const c = this.#transactions;
    const isCredit = entry.amount >= 0n;
    const { batch, original } = entry;
    c.id.bigint(row.id);
    c.bank_account_id.bigint(row.bankAccountId);
    c.statement_id.bigint(row.statementId);
    c.payee_name.text(isCredit ? null : entry.counterparty.name);
    c.payee_bank_account_id.bigint(isCredit ? row.bankAccountId : row.counterpartyBankAccountId);
    c.payor_name.text(isCredit ? entry.counterparty.name : null);
    c.payor_bank_account_id.bigint(isCredit ? row.counterpartyBankAccountId : row.bankAccountId);
    c.counterparty_account.text(entry.counterparty.account);
    c.message_id.text(entry.messageId ?? batch?.messageId ?? null);
    c.payment_id.text(entry.paymentId ?? batch?.paymentId ?? null);
    c.instruction_id.text(entry.instructionId);
    c.end_to_end_id.text(entry.endToEndId);
    c.booking_date.date(entry.bookingDate);
    c.value_date.date(entry.valueDate);
    c.memo.text([memoOf(entry), returnText(entry.return)].filter(Boolean).join(' – ') || null);
    c.instructed_amount.text(original?.amount ?? null);
    c.instructed_currency_code.text(original?.currency ?? null);
    c.instructed_exchange_rate.text(original?.rate ?? null);
    c.amount.bigint(entry.amount);
    c.currency_code.text(entry.currency);
    c.exchange_rate.text(entry.currency === row.accountingCurrency ? '1' : null);
    c.bank_reference.text(entry.bankReference ?? entry.entryReference);
    c.structured_reference.text(entry.structuredReference);
    c.bank_code.text(entry.transactionCode);
    c.is_reversal.text(entry.isReversal ? 'true' : 'false');
    c.return_reason.text(entry.return?.reason ?? null);
    c.origin.text(row.origin);
    c.strong_key.text(keys.strong);
    c.weak_key.text(keys.weak);
    c.balance_after.bigint(entry.balanceAfter);
    c.raw.text(rawOf(entry));
    this.#transactionCount++;
  }

  addDetail(id: number, transactionId: number, position: number, detail: DetailRow): void {
    const c = this.#details;
    c.id.bigint(id);
    c.transaction_id.bigint(transactionId);
    c.position.int(position);
    c.transaction_type.text(detail.is_credit ? 'CREDIT' : 'DEBIT');
    c.account_name.text(detail.account_name);
    c.account_number.text(detail.account_number);
    c.account_currency_code.text(detail.account_currency_code);
    c.archive_reference.text(detail.archive_reference);
    c.structured_reference.text(detail.structured_reference);
    c.bank_information.text(detail.bank_information);
    c.amount.bigint(detail.amount === null ? null : BigInt(detail.amount));
    c.currency_code.text(detail.currency_code);
    c.description.text(detail.description);
    c.booking_date.date(detail.booking_date);
    c.value_date.date(detail.value_date);
    c.invoice_number.text(detail.invoice_number);
    c.sender_name.text(detail.sender_name);
    c.sender_account.text(detail.sender_account);
    c.receiver_name.text(detail.receiver_name);
    c.receiver_account.text(detail.receiver_account);
    c.end_to_end_id.text(detail.end_to_end_id);
    c.is_derived.text(detail.is_derived ? 'true' : 'false');
    this.#detailCount++;
  }

  /** Sends the buffered rows; if `UNDERWAY` batches are in transit, waits for the oldest first, which paces the reading. */
  async send(): Promise<void> {
    if (this.#underway.length === UNDERWAY) await this.#underway.shift();
    if (this.#failure !== undefined) throw this.#failure;
    const { tx, clientAccountId, importId, userId, now } = this.#context;
    const writing: Promise<unknown>[] = [];
    if (this.#transactionCount > 0) {
      const arrays = Object.values(this.#transactions).map((column) => column.take());
      writing.push(
        tx.named('bank-insert-transactions', INSERT_TRANSACTIONS, [clientAccountId, importId, now, userId, ...arrays]),
      );
    }
    if (this.#detailCount > 0) {
      const arrays = Object.values(this.#details).map((column) => column.take());
      writing.push(tx.named('bank-insert-details', INSERT_DETAILS, [clientAccountId, importId, ...arrays]));
    }
    this.#transactionCount = this.#detailCount = 0;
    if (writing.length === 0) return;
    this.#underway.push(
      Promise.all(writing).catch((error: unknown) => {
        this.#failure ??= error;
      }),
    );
  }

  /** Waits for all batches in transit; throws the database's error. */
  async settle(): Promise<void> {
    await Promise.all(this.#underway.splice(0));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Discards unsent rows, and waits for the rest: the caller rolls it back. */
  async abandon(): Promise<void> {
    for (const column of [...Object.values(this.#transactions), ...Object.values(this.#details)]) column.take();
    this.#transactionCount = this.#detailCount = 0;
    await this.settle();
  }

  /** The database's error, once all batches in transit have ended; undefined if there is none. */
  async failure(): Promise<unknown> {
    await Promise.all(this.#underway.splice(0));
    return this.#failure;
  }
}

function memoOf(entry: BankEntry): string | null {
  if (entry.text !== null) return entry.text;
  const texts = entry.details.flatMap((detail) => detail.text ?? []);
  if (texts.length > 0) return texts.slice(0, 10).join(' ').slice(0, 2000);
  const information = entry.details.flatMap((detail) => detail.bankInformation ?? []);
  if (information.length > 0) return information[0]!;
  return entry.batch?.count ? `${entry.batch.count} betalinger` : null;
}
