import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../../platform/caller.ts';
import { requestErrors } from '../../../platform/errors.ts';
import { writeOperation } from '../../../platform/operation.ts';
import { consumerInvoicingErrors } from '../../errors.ts';
import { isBeforeDeadline, lastDayToCancel } from '../files/claim-deadline.ts';
import { claimJson, readClaims } from './claim.ts';

/**
 * Stops a claim: immediately while it waits, or by a cancellation (sletting) in the next file if it may have left. A stopped
 * claim stays stopped.
 *
 * @throws consumer_invoicing.claim_over if it was paid or its time has passed, claim_stop_late after 14:00 of the last bank
 * day before the due date.
 */
export const stopClaim = writeOperation({
  name: 'consumer_invoicing.avtalegiro.claims.stop',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, now, audit }, { id }: { id: number }) {
    await tx.execute(
      sql`select 1 from avtalegiro_claims where client_account_id = ${clientAccountId} and id = ${id} for update`,
    );
    const [before] = await readClaims(tx, clientAccountId, sql`and c.id = ${id}`);
    if (!before) throw requestErrors.not_found({ what: 'Claim', id });
    const { state, due_date: dueDate } = before;
    if (state === 'MISSED' || state === 'UNPAID' || state === 'PAID')
      throw consumerInvoicingErrors.claim_over({ claim_id: id, state });
    const isOnItsWay = state === 'IN_FILE' || state === 'SENT';
    if (isOnItsWay && !isBeforeDeadline(lastDayToCancel(dueDate), now))
      throw consumerInvoicingErrors.claim_stop_late({ claim_id: id, stop_by: lastDayToCancel(dueDate) });
    if (isOnItsWay || state === 'WAITING')
      await tx.execute(sql`
        update avtalegiro_claims set state = ${isOnItsWay ? 'STOPPING' : 'STOPPED'}, reason_code = 'stopped_by_user', state_at = ${now}
        where client_account_id = ${clientAccountId} and id = ${id}`);
    const [after] = await readClaims(tx, clientAccountId, sql`and c.id = ${id}`);
    const shown = claimJson(after!);
    audit({ recordType: 'avtalegiro_claim', recordId: id, before: claimJson(before), after: shown });
    return shown;
  },
});
