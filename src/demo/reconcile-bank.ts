import { matchAutomatically, settleAutomatically, signReconciliation } from '../banking/index.ts';
import { addDays, type LocalDate, startOfMonth } from '../kernel/local-date.ts';
import type { Actor } from './actor.ts';

/**
 * The bookkeeper's work with the bank's files: matches them with entries, settles the payments of customers and
 * suppliers, and signs each account for the last whole month.
 */
export async function reconcileBank(
  actor: Actor,
  clientAccountId: number,
  bankAccounts: Iterable<number>,
  today: LocalDate,
): Promise<void> {
  const everything = { bankAccountId: null, transactionId: null, fromDate: null, toDate: null, dryRun: false };
  await actor.run(matchAutomatically, clientAccountId, 'match bank', everything);
  await actor.run(settleAutomatically, clientAccountId, 'settle items', undefined);
  const date = addDays(startOfMonth(today), -1);
  for (const bankAccountId of bankAccounts)
    await actor.run(signReconciliation, clientAccountId, `reconcile ${bankAccountId} ${date}`, {
      bankAccountId,
      date,
      comment: null,
    });
}
