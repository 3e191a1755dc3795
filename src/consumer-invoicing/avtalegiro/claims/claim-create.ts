import sql from 'sql-template-tag';
import { lockBooks } from '../../../ledger/index.ts';
import { BOOKKEEPERS } from '../../../platform/caller.ts';
import { invalid, problem } from '../../../platform/errors.ts';
import { writeOperation } from '../../../platform/operation.ts';
import { consumerInvoicingErrors } from '../../errors.ts';
import { isBeforeDeadline, lastDayToSend } from '../files/claim-deadline.ts';
import { claimJson, readClaims } from './claim.ts';
import { addClaim } from './claim-add.ts';
import { CLAIM_REASONS, type ClaimReason } from './claim-reasons.ts';
import { claimTerms } from './claim-terms.ts';

/**
 * Claims the open amount of a posted invoice whose payer has a mandate. A repeated call returns the active claim.
 *
 * @throws consumer_invoicing.cannot_claim with the reason.
 */
export const createClaim = writeOperation({
  name: 'consumer_invoicing.avtalegiro.claims.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(
    { tx, clientAccountId, caller, now, audit },
    { documentId, notice }: { documentId: number; notice: 'bank' | 'payee' | null },
  ) {
    await lockBooks(tx, clientAccountId);
    const known = await tx.maybe(sql`
      select 1 as found from documents where client_account_id = ${clientAccountId} and id = ${documentId}`);
    if (!known)
      throw invalid([problem('document_id', `unknown document ${documentId}`, `ukjent dokument ${documentId}`)]);
    const terms = await claimTerms(tx, clientAccountId, documentId, now);
    if ('not' in terms) throw refusal(documentId, terms.not);
    const chosen = notice ?? (terms.wantsNotice ? 'bank' : 'payee');
    if (!isBeforeDeadline(lastDayToSend(terms.dueDate, chosen), now)) throw refusal(documentId, 'too_late');
    const { id, isNew } = await addClaim(tx, {
      clientAccountId,
      terms,
      notice: chosen,
      specification: [],
      now,
      userId: caller.userId,
    });
    const [row] = await readClaims(tx, clientAccountId, sql`and c.id = ${id}`);
    const shown = claimJson(row!);
    audit({ recordType: 'avtalegiro_claim', recordId: id, after: isNew ? shown : { asked_again: true } });
    return shown;
  },
});

function refusal(documentId: number, reason: ClaimReason) {
  const { nb, en } = CLAIM_REASONS[reason];
  return consumerInvoicingErrors.cannot_claim({ document_id: documentId, reason, reason_nb: nb, reason_en: en });
}
