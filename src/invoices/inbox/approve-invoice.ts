import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import { type DecidedDocument, documentCreation, type DocumentValues } from '../../banking/index.ts';
import { postingOperation, type Reading } from '../../ledger/index.ts';
import { assert } from '../../kernel/assert.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { receivedInvoiceErrors } from './errors.ts';
import { findReceived, type ReceivedInvoiceView } from './received-invoice.ts';

interface Approval {
  received: ReceivedInvoiceView;
  document: DecidedDocument;
}

/**
 * Approves a prepared invoice: its document is posted in the same transaction. Errors: received_invoices.four_eyes,
 * wrong_status.
 */
export const approveInvoice = postingOperation<{ id: number }, Approval, ReceivedInvoiceView>({
  name: 'received-invoice.approve',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide(reading, { id }) {
    const { tx, clientAccountId } = reading;
    const received = await findReceived(tx, clientAccountId, id);
    if (received.status !== 'PREPARED')
      throw receivedInvoiceErrors.wrong_status({ status: received.status, expected: 'PREPARED' });
    await refuseOwnWork(reading, received);
    const decision = await documentCreation.decide(reading, received.prepared as DocumentValues);
    assert('on' in decision, 'a prepared document is one to post');
    return { ...decision, on: { received, document: decision.on } };
  },
  async recheck(reading, { received, document }, made) {
    const now = await findReceived(reading.tx, reading.clientAccountId, received.id);
    if (!isDeepStrictEqual(now, received)) throw requestErrors.concurrent_change();
    await documentCreation.recheck(reading, document, made);
  },
  async record(recording, { received, document }, made) {
    const { tx, clientAccountId, caller, now, audit } = recording;
    const posted = await documentCreation.record(recording, document, made);
    await tx.execute(sql`
      update received_invoices set status = 'APPROVED', approved_at = ${now}, approved_by_id = ${caller.userId},
        document_id = ${posted.id}
      where client_account_id = ${clientAccountId} and id = ${received.id}`);
    const after = await findReceived(tx, clientAccountId, received.id);
    audit({ recordType: 'received_invoice', recordId: received.id, before: received, after });
    return after;
  },
});

async function refuseOwnWork({ tx, clientAccountId, caller }: Reading, received: ReceivedInvoiceView): Promise<void> {
  const settings = await tx.maybe<{ four_eyes: boolean }>(
    sql`select four_eyes from invoice_settings where client_account_id = ${clientAccountId}`,
  );
  if (settings?.four_eyes && received.prepared_by_id === caller.userId) throw receivedInvoiceErrors.four_eyes();
}
