import sql from 'sql-template-tag';
import { isAtMost, MAX_CURRENCY_UNITS, type Ore, parseAmount, parseScaled } from '../../kernel/money.ts';
import { readOnly } from '../../masters/index.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { DateText, Id, MoneyInput, nullable, type Static, Type } from '../../platform/http/schema.ts';
import { entryKeys } from '../entry-key.ts';
import { beyondBankLimits } from '../errors.ts';
import { readRate } from './decimal-text.ts';

const INSTRUCTED_DECIMALS = 5;
const Text = (maximum: number) => Type.Optional(nullable(Type.String({ maxLength: maximum })));
const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });

/** A transaction as a user or another system enters it. */
export const NewTransactionFields = {
  amount: { ...MoneyInput, description: 'Positive came in, negative went out; never zero' },
  currency_code: Currency,
  payee_bank_account_id: Type.Optional(nullable({ ...Id, description: 'Ours, required for a positive amount' })),
  payor_bank_account_id: Type.Optional(nullable({ ...Id, description: 'Ours, required for a negative amount' })),
  payee_name: Text(250),
  payor_name: Text(250),
  booking_date: Type.Optional(nullable(DateText)),
  value_date: Type.Optional(nullable(DateText)),
  memo: Text(2000),
  instructed_amount: Type.Optional(nullable(MoneyInput)),
  instructed_currency_code: Type.Optional(nullable(Currency)),
  instructed_exchange_rate: Type.Optional(nullable(MoneyInput)),
  exchange_rate: Type.Optional(nullable(MoneyInput)),
  message_id: Text(140),
  payment_id: Text(140),
  instruction_id: Text(140),
  end_to_end_id: Text(140),
  bank_reference: Text(140),
  ...readOnly('id', 'external_reconciled_amount'),
};
const Fields = Type.Object(NewTransactionFields);
export type NewTransaction = Omit<Static<typeof Fields>, 'id' | 'external_reconciled_amount'>;

export interface CheckedTransaction {
  given: NewTransaction;
  bankAccountId: number;
  amount: Ore;
  instructedAmount: string | null;
  instructedRate: string | null;
  rate: string | null;
}

/** The identifiers of a client account's bank accounts, for checks. */
export interface KnownAccount {
  id: number;
  business_partner_id: number | null;
  currency_code: string;
  is_active: boolean;
  bban: string | null;
  iban: string | null;
}

export async function knownAccounts(
  tx: Transaction,
  clientAccountId: number,
  ids: readonly (number | null | undefined)[],
): Promise<Map<number, KnownAccount>> {
  const rows = await tx.rows<KnownAccount>(sql`
    select id, business_partner_id, currency_code, is_active, bban, iban from bank_accounts
    where client_account_id = ${clientAccountId} and id = any(${ids.filter((id) => id != null)}::bigint[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Checks one transaction: amount, the account that its sign requires, currencies and rates. `at` is the prefix of the paths
 * of its faults; returns null if there are any.
 */
export function checkTransaction(
  given: NewTransaction,
  accounts: ReadonlyMap<number, KnownAccount>,
  problems: FieldProblem[],
  at = '',
): CheckedTransaction | null {
  const before = problems.length;
  const say = (path: string, en: string, nb: string) => problems.push(problem(`${at}${path}`, en, nb));
  const amount = parseAmount(given.amount);
  if (amount === null)
    say('amount', 'must be an amount with at most two decimals', 'må være et beløp med høyst to desimaler');
  else if (amount === 0n) say('amount', 'must not be zero', 'kan ikke være null');
  const ours = amount === null || amount >= 0n ? 'payee_bank_account_id' : 'payor_bank_account_id';
  if (amount && given[ours] == null)
    say(
      ours,
      `is required for a ${amount > 0n ? 'positive' : 'negative'} amount: our bank account`,
      `må oppgis for et ${amount > 0n ? 'positivt' : 'negativt'} beløp: bankkontoen vår`,
    );
  for (const field of ['payee_bank_account_id', 'payor_bank_account_id'] as const) {
    const id = given[field];
    if (id == null || !amount) continue;
    const account = accounts.get(id);
    if (!account) say(field, 'no such bank account on the client account', 'ingen slik bankkonto på klientkontoen');
    else if (field === ours) checkOurs(account, given.currency_code, (en, nb) => say(field, en, nb));
    else if (id === given[ours]) say(field, 'is the same account on both sides', 'er samme konto på begge sider');
  }
  const instructed = given.instructed_amount == null ? null : parseScaled(given.instructed_amount, INSTRUCTED_DECIMALS);
  if (
    given.instructed_amount != null &&
    (instructed === null || !isAtMost(instructed, MAX_CURRENCY_UNITS, INSTRUCTED_DECIMALS))
  )
    say(
      'instructed_amount',
      `must be an amount with at most five decimals, ${MAX_CURRENCY_UNITS} at most`,
      `må være et beløp med høyst fem desimaler, høyst ${MAX_CURRENCY_UNITS}`,
    );
  if ((given.instructed_amount == null) !== (given.instructed_currency_code == null))
    say('instructed_currency_code', 'goes with instructed_amount', 'hører sammen med instructed_amount');
  const instructedRate = readRate(`${at}instructed_exchange_rate`, given.instructed_exchange_rate, problems);
  const rate = readRate(`${at}exchange_rate`, given.exchange_rate, problems);
  if (problems.length > before || amount === null) return null;
  return {
    given,
    bankAccountId: given[ours]!,
    amount,
    instructedAmount: given.instructed_amount == null ? null : String(given.instructed_amount).trim(),
    instructedRate,
    rate: rate ?? (given.currency_code === 'NOK' ? '1' : null),
  };
}

function checkOurs(account: KnownAccount, currency: string, say: (en: string, nb: string) => void): void {
  if (account.business_partner_id !== null)
    say("is a business partner's bank account, not ours", 'er en forretningspartners bankkonto, ikke vår');
  else if (!account.is_active) say('is a bank account out of use', 'er en bankkonto som ikke er i bruk');
  else if (account.currency_code !== currency)
    say(`is in ${account.currency_code}, not ${currency}`, `er i ${account.currency_code}, ikke ${currency}`);
}

/** Stores checked transactions, each with itself as its only detail. `firstId`: two ids for each. */
export async function insertTransactions(
  tx: Transaction,
  where: { clientAccountId: number; userId: number; now: Date; statementId: number | null },
  accounts: ReadonlyMap<number, KnownAccount>,
  checked: readonly CheckedTransaction[],
  firstId: number,
): Promise<number[]> {
  const ids: number[] = [];
  try {
    for (const [index, one] of checked.entries()) {
      const id = firstId + 2 * index;
      ids.push(id);
      await insertOne(tx, where, accounts.get(one.bankAccountId)!, one, id);
    }
  } catch (error) {
    throw beyondBankLimits(error);
  }
  return ids;
}

async function insertOne(
  tx: Transaction,
  where: { clientAccountId: number; userId: number; now: Date; statementId: number | null },
  account: KnownAccount,
  { given, amount, bankAccountId, instructedAmount, instructedRate, rate }: CheckedTransaction,
  id: number,
): Promise<void> {
  const { clientAccountId } = where;
  const counterparty = (amount > 0n ? given.payor_name : given.payee_name) ?? null;
  const text = (value: string | null | undefined) => value?.trim() || null;
  const dates = {
    booking_date: given.booking_date ?? null,
    value_date: given.value_date ?? null,
  };
  const keys = entryKeys(String(bankAccountId), {
    bookingDate: dates.booking_date ?? '',
    valueDate: dates.value_date,
    amount,
    currency: given.currency_code,
    isReversal: false,
    bankReference: text(given.bank_reference),
    text: text(given.memo),
    counterparty: { name: counterparty, account: null, bic: null },
    structuredReference: null,
    endToEndId: text(given.end_to_end_id),
  });
  await tx.execute(sql`
    insert into bank_transactions ${insertion({
      client_account_id: clientAccountId,
      id,
      bank_account_id: bankAccountId,
      statement_id: where.statementId,
      payee_name: text(given.payee_name),
      payee_bank_account_id: given.payee_bank_account_id,
      payor_name: text(given.payor_name),
      payor_bank_account_id: given.payor_bank_account_id,
      message_id: text(given.message_id),
      payment_id: text(given.payment_id),
      instruction_id: text(given.instruction_id),
      end_to_end_id: text(given.end_to_end_id),
      ...dates,
      memo: text(given.memo),
      instructed_amount: instructedAmount,
      instructed_currency_code: given.instructed_currency_code,
      instructed_exchange_rate: instructedRate,
      amount,
      currency_code: given.currency_code,
      exchange_rate: rate,
      bank_reference: text(given.bank_reference),
      origin: 'api',
      strong_key: keys.strong,
      weak_key: keys.weak,
      created_at: where.now,
      created_by_id: where.userId,
    })}`);
  const ours = { name: null, account: account.bban ?? account.iban };
  const theirs = { name: text(counterparty), account: null };
  const [sender, receiver] = amount > 0n ? [theirs, ours] : [ours, theirs];
  await tx.execute(sql`
    insert into bank_transaction_details ${insertion({
      client_account_id: clientAccountId,
      id: id + 1,
      transaction_id: id,
      position: 1,
      transaction_type: amount > 0n ? 'CREDIT' : 'DEBIT',
      account_number: ours.account,
      account_currency_code: account.currency_code,
      archive_reference: text(given.bank_reference),
      amount,
      currency_code: given.currency_code,
      description: text(given.memo),
      ...dates,
      sender_name: sender.name,
      sender_account: sender.account,
      receiver_name: receiver.name,
      receiver_account: receiver.account,
      end_to_end_id: text(given.end_to_end_id),
      is_derived: true,
    })}`);
}
