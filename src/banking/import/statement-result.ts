import type { BankStatement } from '../formats/bank-file.ts';
import { type HouseAccount, nameOf } from './house-accounts.ts';
import { noCounts, type StatementResult } from './import-result.ts';

/** An empty result of a statement or notification. */
export function resultOf(statement: BankStatement, file: string | null, account: HouseAccount | null): StatementResult {
  return {
    file,
    index: statement.index,
    role: statement.role,
    status: account === null ? 'refused' : 'imported',
    account: nameOf(statement.account),
    bank_account_id: account?.id ?? null,
    statement_id: statement.id,
    statement_number: statement.number,
    bank_statement_id: null,
    from_date: statement.from,
    to_date: statement.to,
    opening_balance: null,
    closing_balance: null,
    currency_code: statement.currency ?? account?.currency_code ?? null,
    ...noCounts(),
    overlaps: [],
  };
}
