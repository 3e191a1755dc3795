import { takeIds } from '../../../ledger/index.ts';
import { insertion } from '../../../platform/database/columns.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { textArray } from '../../../platform/database/arrays.ts';
import sql from 'sql-template-tag';
import { type ClaimTerms, inLatin1 } from './claim-terms.ts';

export interface NewClaim {
  clientAccountId: number;
  terms: ClaimTerms;
  notice: 'bank' | 'payee';
  /** Lines of the bank's notice; at most 42 of 80 characters are sent. */
  specification: readonly string[];
  now: Date;
  userId: number | null;
}

/** Creates the claim of a document once; an active one is returned. Under the lock of the books. */
export async function addClaim(tx: Transaction, claim: NewClaim): Promise<{ id: number; isNew: boolean }> {
  const { clientAccountId, terms, notice, now, userId } = claim;
  const standing = await tx.maybe<{ id: number }>(sql`
    select id from avtalegiro_claims where client_account_id = ${clientAccountId} and document_id = ${terms.documentId}
      and state not in ('STOPPED', 'MISSED')`);
  if (standing) return { id: standing.id, isNew: false };
  const id = await takeIds(tx, clientAccountId);
  await tx.execute(sql`
    insert into avtalegiro_claims ${insertion({
      client_account_id: clientAccountId,
      id,
      document_id: terms.documentId,
      account_number: terms.accountNumber,
      kid: terms.kid,
      amount: terms.amount,
      due_date: terms.dueDate,
      notice,
      payer_name: terms.payerName,
      reference: terms.reference,
      specification: textArray(notice === 'bank' ? claim.specification.map(inLatin1) : []),
      state: 'WAITING',
      state_at: now,
      created_at: now,
      created_by_id: userId,
    })}`);
  return { id, isNew: true };
}
