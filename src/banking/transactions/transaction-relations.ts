import { groupBy } from '../../kernel/group-by.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { questionsOf } from '../questions/question.ts';
import type { BankTransactionView } from './bank-transaction.ts';
import { receivablePaymentsOf, reconciledDocumentsOf } from './settlement-relations.ts';
import { detailsOf } from './transaction-detail.ts';
import { statementsOf } from './transaction-statement.ts';

const READ = {
  details: detailsOf,
  receivable_payments: receivablePaymentsOf,
  questions: questionsOf,
  statements: statementsOf,
  reconciled_documents: reconciledDocumentsOf,
} as const;

/** Adds the details, which are always present, and the other requested relations. */
export async function attachTransactionRelations(
  tx: Transaction,
  transactions: readonly BankTransactionView[],
  asked: ReadonlySet<string>,
): Promise<void> {
  for (const [clientAccountId, group] of groupBy(transactions, (transaction) => transaction.client_account_id)) {
    const ids = group.map(({ id }) => id);
    for (const [relation, read] of Object.entries(READ)) {
      if (relation !== 'details' && !asked.has(relation)) continue;
      const found = await read(tx, clientAccountId, ids);
      for (const transaction of group) Object.assign(transaction, { [relation]: found.get(transaction.id) ?? [] });
    }
  }
}
