import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import { openDay, postingOperation, type PostingSteps } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { sideBySide } from '../../platform/database/side-by-side.ts';
import { requestErrors } from '../../platform/errors.ts';
import { type DocumentChanges, refuseFinal, changesPayments, merged } from './document-change.ts';
import { refuseCredited } from './document-credit.ts';
import { decide, type Decided, refuseCredit } from './document-decide.ts';
import type { Values } from './document-input.ts';
import { inTurn, isNumbered, noteNumbering, refuseTakenNumber } from './document-number.ts';
import { insertDocuments, rewriteDocument, type ChangeDecided, type NewDecided } from './document-rows.ts';
import { refuseSameNumber, refuseTwins } from './document-same-number.ts';
import { type DocumentView, findDocument } from './document.ts';
import { commercialDocumentErrors } from './errors.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

const posted = ({ posting }: Decided) => (posting ? [{ entry: posting.entry, source: 'document' }] : []);

/** The steps of creating a document, for operations that do more. */
export const documentCreation: PostingSteps<Values, NewDecided, DocumentView> = {
  name: 'document.create',
  async decide({ tx, clientAccountId, platform }, input) {
    const [, decided] = await sideBySide(
      () => refuseSameNumber(tx, clientAccountId, [input], null),
      () => decide(tx, clientAccountId, input),
    );
    if (decided.posting)
      noteNumbering(platform.database, clientAccountId, input.document_type, decided.numbered !== null);
    return { on: { ...decided, input }, entries: posted(decided) };
  },
  async recheck({ tx, clientAccountId }, { input, ...decided }) {
    await sideBySide(
      () => refuseTakenNumber(tx, clientAccountId, decided.numbered),
      () => refuseSameNumber(tx, clientAccountId, [input], null),
      () => refuseCredit(tx, clientAccountId, input, decided),
    );
  },
  async record(recording, on, made) {
    const [view] = await insertDocuments([recording], [on], [made]);
    return view!;
  },
  several: {
    fits: ({ numbered, input }) => numbered === null && input.credits_document_id == null,
    async recheck({ tx, clientAccountId }, ons) {
      refuseTwins(ons);
      const inputs = ons.map(({ input }) => input);
      await refuseSameNumber(tx, clientAccountId, inputs, null);
    },
    record: insertDocuments,
  },
};

/**
 * Creates a document: with lines it is posted, unless it is to be a draft or is linked to an existing ledger line. If the
 * client account issues invoices, a sales document then gets its number and KID.
 */
export const createDocument = inTurn(
  postingOperation({ ...documentCreation, access }),
  ({ document_type, document_status, journal_entry_id }) =>
    isNumbered(document_type) && document_status !== 'DRAFT' && journal_entry_id == null,
);

const update = postingOperation<ChangeDocument, ChangeDecided, DocumentView>({
  name: 'document.update',
  access,
  async decide({ tx, clientAccountId }, { id, changes }) {
    const before = await findDocument(tx, clientAccountId, id);
    if (before.document_status === 'POSTED' && changes.document_status === 'POSTED')
      throw commercialDocumentErrors.already_posted({ journal_entry_id: before.journal_entry_id });
    if (before.document_status !== 'DRAFT') refuseFinal(changes, before);
    const input = merged(before, changes);
    if (changesPayments(before, input)) await refuseInPayment(tx, clientAccountId, id);
    await refuseSameNumber(tx, clientAccountId, [input], id);
    const decided = await decide(tx, clientAccountId, input, before);
    return { on: { ...decided, input, before }, entries: posted(decided) };
  },
  async recheck({ tx, clientAccountId }, { before, input, ...decided }) {
    await refuseTakenNumber(tx, clientAccountId, decided.numbered);
    await refuseCredit(tx, clientAccountId, input, decided, before.id);
    const now = await findDocument(tx, clientAccountId, before.id);
    if (before.document_status !== now.document_status || !isDeepStrictEqual(merged(before, {}), merged(now, {})))
      throw requestErrors.concurrent_change();
    if (changesPayments(before, input)) await refuseInPayment(tx, clientAccountId, before.id);
  },
  record: rewriteDocument,
});

/** Changes a document. A draft may change entirely and be posted; a posted one only in fields that were not posted. */
export const updateDocument = inTurn(update, ({ changes }) => changes.document_status === 'POSTED');

export interface ChangeDocument {
  id: number;
  changes: DocumentChanges;
}

export type CancelledDocument = { id: number };

/** The steps of cancelling a document, for operations that do more. */
export const documentCancellation: PostingSteps<{ id: number }, CancelledDocument, DocumentView> = {
  name: 'document.cancel',
  async decide({ tx, clientAccountId }, { id }) {
    const document = await findDocument(tx, clientAccountId, id);
    if (document.document_status === 'CANCELLED') throw commercialDocumentErrors.already_cancelled();
    await refuseSettled(tx, clientAccountId, id);
    await refuseInPayment(tx, clientAccountId, id);
    await refuseCredited(tx, clientAccountId, id);
    const [entry] = await tx.rows<{ id: number; entry_date: string; locked_until: string | null }>(sql`
      select e.id, e.entry_date, h.locked_until from journal_entries e
      join client_account_heads h on h.client_account_id = e.client_account_id
      where e.client_account_id = ${clientAccountId} and e.id = ${document.journal_entry_id} and e.source = 'document'
        and ${document.journal_entry_line_number} = 1`);
    if (!entry) return { on: { id } };
    const entryDate = openDay(entry.entry_date, entry.locked_until);
    return { on: { id }, cancels: [{ id: entry.id, reason: 'Dokumentet er kansellert', entryDate }] };
  },
  async recheck({ tx, clientAccountId }, { id }) {
    const { document_status } = await findDocument(tx, clientAccountId, id);
    if (document_status === 'CANCELLED') throw requestErrors.concurrent_change();
    await refuseSettled(tx, clientAccountId, id);
    await refuseInPayment(tx, clientAccountId, id);
    await refuseCredited(tx, clientAccountId, id);
  },
  async record({ tx, clientAccountId, caller, now, audit }, { id }) {
    await tx.execute(sql`
      update documents set document_status = 'CANCELLED', is_active = false, updated_at = ${now},
        updated_by_id = ${caller.userId}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const value = await findDocument(tx, clientAccountId, id);
    audit({ recordType: 'document', recordId: id, after: value });
    return value;
  },
};

/** Cancels a document. Its posting is cancelled by a counter-entry; a linked line is kept. */
export const cancelDocument = postingOperation({ ...documentCancellation, access });

/** Money may be on its way: the document that was ordered to be paid is kept. */
async function refuseInPayment(tx: Transaction, clientAccountId: number, id: number): Promise<void> {
  const [order] = await tx.rows<{ id: number }>(sql`
    select order_id as id from outgoing_payments where client_account_id = ${clientAccountId} and document_id = ${id}
      and status not in ('CANCELLED', 'REJECTED', 'RETURNED') and status <> 'SETTLED' order by order_id limit 1`);
  if (order) throw commercialDocumentErrors.in_payment({ payment_order_id: order.id });
}

async function refuseSettled(tx: Transaction, clientAccountId: number, id: number): Promise<void> {
  const { settled } = await tx.one<{ settled: boolean }>(sql`
    select exists (select from item_settlements s join documents d on d.client_account_id = s.client_account_id
      and d.journal_entry_id = s.entry_id and d.line_no = s.line_no
      where s.client_account_id = ${clientAccountId} and d.id = ${id} and s.is_active) as settled`);
  if (settled) throw commercialDocumentErrors.is_settled();
}
