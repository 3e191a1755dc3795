import sql from 'sql-template-tag';
import { type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, parseAmount } from '../../kernel/money.ts';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { DateText, Id, MoneyInput, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import { bankingErrors } from '../errors.ts';
import {
  checkTransaction,
  type CheckedTransaction,
  insertTransactions,
  type KnownAccount,
  knownAccounts,
  type NewTransaction,
  NewTransactionFields,
} from '../transactions/new-transaction.ts';
import { lockBankAccount } from '../transactions/transaction-create.ts';
import { type BankStatementView, findBankStatement } from './bank-statement.ts';
import { chainBreaks, type ChainLink, overlapping, storedLinks } from './statement-chain.ts';

const { currency_code: Currency, ...TransactionFields } = NewTransactionFields;

export const NewBankStatement = strict({
  client_account_id: Id,
  bank_account_id: { ...Id, description: 'Ours' },
  statement_id: Type.Optional(nullable(Type.String({ maxLength: 140 }))),
  statement_number: Type.Optional(nullable(Type.String({ maxLength: 40 }))),
  from_date: Type.Optional({ ...DateText, description: 'Default: the first booking date' }),
  to_date: Type.Optional({ ...DateText, description: 'Default: the last booking date' }),
  currency_code: Type.Optional(Currency),
  opening_balance: MoneyInput,
  closing_balance: MoneyInput,
  transactions: Type.Array(
    strict({
      client_account_id: Type.Optional(Id),
      currency_code: Type.Optional(Currency),
      ...TransactionFields,
    }),
    { maxItems: 10_000, description: 'Our side is bank_account_id where it is left out' },
  ),
});
export type NewBankStatement = Omit<Static<typeof NewBankStatement>, 'client_account_id'>;

/**
 * Enters a bank statement with its transactions, all or nothing: opening balance plus transactions must equal the closing
 * balance, and both must match the adjacent statements. Errors: 400 with every fault, banking.statement_unbalanced,
 * banking.statement_breaks_chain, banking.statement_overlaps.
 */
export const createBankStatement = writeOperation({
  name: 'bank-statement.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: NewBankStatement): Promise<BankStatementView> {
    const { tx, clientAccountId, caller, now } = context;
    const problems: FieldProblem[] = [];
    await lockBankAccount(tx, clientAccountId, input.bank_account_id);
    const { account, accounts } = await accountsOf(context, input, problems);
    const balance = (path: 'opening_balance' | 'closing_balance') => readBalance(path, input[path], problems);
    const [opening, closing] = [balance('opening_balance'), balance('closing_balance')];
    const period = periodOf(input, problems);
    const checked = account ? checkAll(input, account, accounts, period, problems) : [];
    if (problems.length > 0 || !period || !account) throw invalid(problems);
    const link = { ...period, opening, closing };
    requireBalance(link, checked);
    await requireChain(context, input.bank_account_id, link);
    const id = await takeIds(tx, clientAccountId, 1 + 2 * checked.length);
    await tx.execute(sql`
      insert into bank_statements ${insertion({
        client_account_id: clientAccountId,
        id,
        bank_account_id: input.bank_account_id,
        statement_id: input.statement_id,
        statement_number: input.statement_number,
        from_date: period.from,
        to_date: period.to,
        opening_balance: opening,
        closing_balance: closing,
        currency_code: account.currency_code,
        created_at: now,
        created_by_id: caller.userId,
      })}`);
    const where = { clientAccountId, userId: caller.userId, now, statementId: id };
    const ids = await insertTransactions(tx, where, accounts, checked, id + 1);
    const made = await findBankStatement(tx, clientAccountId, id, new Set(['transactions']));
    const { transactions: _, ...record } = made;
    context.audit({ recordType: 'bank_statement', recordId: id, after: record });
    if (ids.length > 0) context.audit({ recordType: 'bank_transaction', recordIds: ids, after: { statement: id } });
    return made;
  },
});

function readBalance(path: string, value: string | number, problems: FieldProblem[]): Ore {
  const amount = parseAmount(value);
  if (amount === null)
    problems.push(
      problem(path, 'must be an amount with at most two decimals', 'må være et beløp med høyst to desimaler'),
    );
  return amount ?? 0n;
}

async function accountsOf({ tx, clientAccountId }: Context, input: NewBankStatement, problems: FieldProblem[]) {
  const accounts = await knownAccounts(tx, clientAccountId, [
    input.bank_account_id,
    ...input.transactions.flatMap((each) => [each.payee_bank_account_id, each.payor_bank_account_id]),
  ]);
  const account = accounts.get(input.bank_account_id);
  const say = (path: string, en: string, nb: string) => problems.push(problem(path, en, nb));
  if (!account || account.business_partner_id !== null)
    say(
      'bank_account_id',
      'no such bank account of ours on the client account',
      'ingen slik egen bankkonto på klientkontoen',
    );
  else if (!account.is_active)
    say('bank_account_id', 'is a bank account out of use', 'er en bankkonto som ikke er i bruk');
  else if (input.currency_code !== undefined && input.currency_code !== account.currency_code)
    say('currency_code', `the account is in ${account.currency_code}`, `kontoen er i ${account.currency_code}`);
  return { account: account?.business_partner_id === null ? account : undefined, accounts };
}

function periodOf(input: NewBankStatement, problems: FieldProblem[]): { from: LocalDate; to: LocalDate } | null {
  const dates = input.transactions.flatMap(({ booking_date: date }) => (date ? [date] : [])).sort();
  const [from, to] = [input.from_date ?? dates[0], input.to_date ?? dates.at(-1)];
  if (from === undefined || to === undefined) {
    problems.push(problem('from_date', 'is required, and to_date', 'må oppgis, og to_date'));
    return null;
  }
  if (from > to) {
    problems.push(problem('to_date', `is before from_date ${from}`, `er før from_date ${from}`));
    return null;
  }
  return { from, to };
}

function checkAll(
  { transactions, bank_account_id: ours }: NewBankStatement,
  account: KnownAccount,
  accounts: ReadonlyMap<number, KnownAccount>,
  period: { from: LocalDate; to: LocalDate } | null,
  problems: FieldProblem[],
): CheckedTransaction[] {
  return transactions.flatMap((each, index) => {
    const at = `transactions[${index}].`;
    const amount = parseAmount(each.amount) ?? 0n;
    const side = amount >= 0n ? 'payee_bank_account_id' : 'payor_bank_account_id';
    const date = each.booking_date ?? (period?.from === period?.to ? period?.from : null);
    const given: NewTransaction = {
      ...each,
      currency_code: each.currency_code ?? account.currency_code,
      booking_date: date,
      [side]: each[side] ?? ours,
    };
    if (given[side] !== ours && accounts.has(given[side]!))
      problems.push(problem(`${at}${side}`, 'must be the account of the statement', 'må være kontoutskriftens konto'));
    if (!date) problems.push(problem(`${at}booking_date`, 'is required', 'må oppgis'));
    else if (period && (date < period.from || date > period.to))
      problems.push(
        problem(
          `${at}booking_date`,
          `is not between ${period.from} and ${period.to}`,
          `er ikke mellom ${period.from} og ${period.to}`,
        ),
      );
    const checked = checkTransaction(given, accounts, problems, at);
    return checked ? [checked] : [];
  });
}

function requireBalance({ opening, closing }: ChainLink, checked: readonly CheckedTransaction[]): void {
  const sum = checked.reduce((total, { amount }) => total + amount, 0n);
  if (opening + sum === closing) return;
  throw bankingErrors.statement_unbalanced({
    opening_balance: formatAmount(opening),
    sum: formatAmount(sum),
    expected: formatAmount(opening + sum),
    closing_balance: formatAmount(closing),
  });
}

async function requireChain({ tx, clientAccountId }: Context, bankAccountId: number, link: ChainLink): Promise<void> {
  const stored = await storedLinks(tx, clientAccountId, bankAccountId, link);
  const [shared] = overlapping(link, stored);
  if (shared)
    throw bankingErrors.statement_overlaps({ statement: shared.id, from_date: shared.from, to_date: shared.to });
  // If there are days between them, the balance may have changed.
  const broken = chainBreaks(link, stored, null).find(({ missing }) => missing === null);
  if (!broken) return;
  const { neighbour, side, expected } = broken;
  throw bankingErrors.statement_breaks_chain({
    balance: formatAmount(side === 'before' ? link.opening : link.closing),
    neighbour: neighbour.id,
    from_date: neighbour.from,
    to_date: neighbour.to,
    expected: formatAmount(expected),
  });
}
