import { formatAmount, type Ore } from '../../kernel/money.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import type { Reconciliation, Unmatched } from './reconciliation.ts';

const Amount = Type.String();
const UnmatchedTransaction = strict({
  bank_transaction_id: Id,
  date: DateText,
  text: nullable(Type.String()),
  amount: Amount,
  age_days: Type.Integer(),
});
const UnmatchedLine = strict({
  journal_entry_id: Id,
  line_number: Type.Integer(),
  date: DateText,
  text: nullable(Type.String()),
  amount: Amount,
  age_days: Type.Integer(),
});

export const ReconciliationView = strict({
  bank_account_id: Id,
  account_code: Type.String(),
  currency_code: Type.String(),
  date: DateText,
  bank_balance: nullable(Amount),
  statement_date: nullable({ ...DateText, description: 'Of the statement that the balance is counted from' }),
  ledger_balance: Amount,
  difference: nullable(Amount),
  not_booked: Type.Array(UnmatchedTransaction, { description: 'a: the bank has it, the ledger not' }),
  not_booked_total: Amount,
  not_in_bank: Type.Array(UnmatchedLine, { description: 'b: the ledger has it, the bank not' }),
  not_in_bank_total: Amount,
  external_total: Type.String({ description: 'Reconciled outside these books' }),
  opening: nullable(strict({ date: DateText, bank: Amount, ledger: Amount })),
  unexplained: nullable(Type.String({ description: 'ledger − (bank + b − a); nothing, or it cannot be signed' })),
  can_be_signed: Type.Boolean(),
});
export type ReconciliationView = Static<typeof ReconciliationView>;

export function reconciliationView(of: Reconciliation): ReconciliationView {
  const money = (amount: Ore | null) => (amount === null ? null : formatAmount(amount));
  const common = ({ date, text, amount, age }: Unmatched) => ({
    date,
    text,
    amount: formatAmount(amount),
    age_days: age,
  });
  return {
    bank_account_id: of.account.id,
    account_code: of.account.account_code,
    currency_code: of.account.currency_code,
    date: of.date,
    bank_balance: money(of.bankBalance),
    statement_date: of.statementDate,
    ledger_balance: formatAmount(of.ledgerBalance),
    difference: of.bankBalance === null ? null : formatAmount(of.ledgerBalance - of.bankBalance),
    not_booked: of.notBooked.map((each) => ({ bank_transaction_id: each.id, ...common(each) })),
    not_booked_total: formatAmount(of.notBookedTotal),
    not_in_bank: of.notInBank.map((each) => ({
      journal_entry_id: each.id,
      line_number: each.line_no!,
      ...common(each),
    })),
    not_in_bank_total: formatAmount(of.notInBankTotal),
    external_total: formatAmount(of.externalTotal),
    opening: of.opening && {
      date: of.opening.date,
      bank: formatAmount(of.opening.bank),
      ledger: formatAmount(of.opening.ledger),
    },
    unexplained: money(of.unexplained),
    can_be_signed: of.unexplained === 0n,
  };
}

export const SignedView = strict({
  id: Id,
  client_account_id: Id,
  bank_account_id: Id,
  reconciled_on: DateText,
  bank_balance: Amount,
  ledger_balance: Amount,
  comment: nullable(Type.String()),
  signed_at: TimeText,
  signed_by_id: Id,
  reopened_at: nullable(TimeText),
  reopened_by_id: nullable(Id),
  reopen_reason: nullable(Type.String()),
  is_intact: nullable(
    Type.Boolean({
      description: 'False: bank, ledger or what was open is no longer what was signed; null where it is reopened',
    }),
  ),
  snapshot: ReconciliationView,
});
export type SignedView = Static<typeof SignedView>;
