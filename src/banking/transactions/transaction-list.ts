import { clientAccountOf } from '../../kernel/ids.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { bankTransactionView, findBankTransaction } from './bank-transaction.ts';
import { transactionPage } from './transaction-page.ts';
import { attachTransactionRelations } from './transaction-relations.ts';

export interface ListTransactions extends Page {
  bankAccountId: number | null;
  from: LocalDate | null;
  to: LocalDate | null;
  includeExternal: boolean;
  orderBy: string | undefined;
  with: ReadonlySet<string>;
}

/**
 * Transactions of one client account or of all that the caller may read. `bankAccountId` is our side of them. 403 for a bank
 * account outside the caller's access.
 */
export const listBankTransactions = readOperation({
  name: 'bank-transaction.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountIds }, input: ListTransactions) {
    const asked = input.bankAccountId === null ? null : clientAccountOf(input.bankAccountId);
    if (asked !== null && !clientAccountIds.includes(asked)) throw requestErrors.no_access();
    const filter = { ...input, clientAccountIds: asked === null ? clientAccountIds : [asked] };
    const { rows, records } = await transactionPage(tx, filter, input, input.orderBy);
    const transactions = rows.map(bankTransactionView);
    await attachTransactionRelations(tx, transactions, input.with);
    return envelope(transactions, input, records);
  },
});

export const getBankTransaction = readOperation({
  name: 'bank-transaction.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }) {
    const transaction = await findBankTransaction(tx, clientAccountId, input.id);
    await attachTransactionRelations(tx, [transaction], input.with);
    return transaction;
  },
});
