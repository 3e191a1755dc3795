import sql from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { type FieldProblem, invalid } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { type BankTransactionView, findBankTransaction } from './bank-transaction.ts';
import { checkTransaction, insertTransactions, knownAccounts, type NewTransaction } from './new-transaction.ts';

/**
 * Enters a transaction that is not in a bank file. It belongs to no bank statement. Errors: 400 with every fault; the sign
 * of the amount decides which of the two accounts must be ours.
 */
export const createBankTransaction = writeOperation({
  name: 'bank-transaction.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, input: NewTransaction): Promise<BankTransactionView> {
    const accounts = await knownAccounts(tx, clientAccountId, [
      input.payee_bank_account_id,
      input.payor_bank_account_id,
    ]);
    const problems: FieldProblem[] = [];
    const checked = checkTransaction(input, accounts, problems);
    if (!checked) throw invalid(problems);
    await lockBankAccount(tx, clientAccountId, checked.bankAccountId);
    const id = await takeIds(tx, clientAccountId, 2);
    const where = { clientAccountId, userId: caller.userId, now, statementId: null };
    await insertTransactions(tx, where, accounts, [checked], id);
    const made = await findBankTransaction(tx, clientAccountId, id);
    audit({ recordType: 'bank_transaction', recordId: id, after: made });
    return made;
  },
});

/** Transactions are added to an account one request at a time: what was read of a day stays valid until the end. */
export async function lockBankAccount(
  tx: Parameters<typeof findBankTransaction>[0],
  clientAccountId: number,
  id: number,
): Promise<void> {
  await tx.execute(sql`
    select 1 from bank_accounts where client_account_id = ${clientAccountId} and id = ${id} for no key update`);
}
