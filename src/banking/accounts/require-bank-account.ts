import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';

/** The fault of a field with a bank account that the client account does not have. */
export async function unknownBankAccount(
  tx: Transaction,
  clientAccountId: number,
  path: string,
  id: number | null | undefined,
): Promise<FieldProblem[]> {
  if (id == null) return [];
  const found = await tx.maybe(sql`
    select 1 as found from bank_accounts where client_account_id = ${clientAccountId} and id = ${id}`);
  return found ? [] : [problem(path, 'no such bank account', 'ingen slik bankkonto')];
}

/** For the `bank_account_id` of a body. */
export async function requireBankAccount(
  tx: Transaction,
  clientAccountId: number,
  id: number | null | undefined,
): Promise<void> {
  const problems = await unknownBankAccount(tx, clientAccountId, 'bank_account_id', id);
  if (problems.length > 0) throw invalid(problems);
}
