import sql from 'sql-template-tag';
import { type EntryView, type Recording, takeIds } from '../../ledger/index.ts';
import { assignments, insertionOfRows } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { sideBySide } from '../../platform/database/side-by-side.ts';
import { changesPayments } from './document-change.ts';
import type { Decided } from './document-decide.ts';
import type { CheckedDocument, Values } from './document-input.ts';
import { takeNumber } from './document-number.ts';
import { type DocumentView, findDocument, findDocuments } from './document.ts';
import { invoiceColumns, writeAttachments } from './invoice-fields.ts';

export type NewDecided = Decided & { input: Values };

export type ChangeDecided = Decided & { input: Values; before: DocumentView };

function columns(input: Values, { facts, checked, status, gross, tax, rounding }: Decided) {
  return {
    document_status: status,
    ...facts,
    payor_id: input.payor_id ?? null,
    collector_id: input.collector_id ?? null,
    ...invoiceColumns(input),
    exchange_rate: checked.rate === null ? null : input.exchange_rate,
    vat_rounding: rounding,
    gross_amount: gross,
    net_amount: checked.lines.length > 0 ? checked.net : null,
    tax_amount: tax,
  };
}

/** Writes new documents of one client account and returns them in their order. */
export async function insertDocuments(
  recordings: readonly Recording[],
  ons: readonly NewDecided[],
  made: readonly (readonly EntryView[])[],
): Promise<DocumentView[]> {
  const { tx, clientAccountId } = recordings[0]!;
  const contents = ons.map(({ checked }) => checked);
  const payments = contents.reduce((sum, { paymentLines }) => sum + paymentLines.length, 0);
  const firstId = await takeIds(tx, clientAccountId, ons.length + payments);
  const ids = ons.map((_, i) => firstId + i);
  const rows = ons.map(({ input, ...decided }, i) => {
    const { caller, now } = recordings[i]!;
    return {
      client_account_id: clientAccountId,
      id: ids[i]!,
      ...columns(input, decided),
      ...claimOf(decided, made[i]![0]),
      created_at: now,
      created_by_id: caller.userId,
      updated_at: now,
      updated_by_id: caller.userId,
    };
  });
  tx.post(sql`insert into documents ${insertionOfRows('documents', rows)}`, 'insert-documents');
  insertLines(tx, clientAccountId, ids, contents);
  insertPaymentLines(tx, clientAccountId, ids, contents, firstId + ons.length);
  const written = ons.map(({ input, numbered }, i) => async () => {
    const { attachment_ids = [] } = input;
    if (attachment_ids.length > 0) await writeAttachments(tx, clientAccountId, ids[i]!, attachment_ids);
    await takeNumber(tx, clientAccountId, numbered);
  });
  await sideBySide(...written);
  const views = await findDocuments(tx, clientAccountId, ids);
  views.forEach((view, i) => recordings[i]!.audit({ recordType: 'document', recordId: view.id, after: view }));
  return views;
}

/** The line of the claim or debt: the first of the document's own entry, or the linked one. */
function claimOf({ linked }: Decided, entry: EntryView | undefined) {
  return entry
    ? { journal_entry_id: entry.id, line_no: 1 }
    : { journal_entry_id: linked?.entry_id ?? null, line_no: linked?.line_no ?? null };
}

export async function rewriteDocument(
  { tx, clientAccountId, caller, now, audit }: Recording,
  { input, before, ...decided }: ChangeDecided,
  [entry]: readonly EntryView[],
): Promise<DocumentView> {
  const { id } = before;
  const isDraft = before.document_status === 'DRAFT';
  const { due_date, payment_reference, memo, voucher_id, document_number } = decided.facts;
  const values = isDraft
    ? { ...columns(input, decided), ...claimOf(decided, entry) }
    : {
        due_date,
        payment_reference,
        memo,
        voucher_id,
        document_number,
        payor_id: input.payor_id ?? null,
        collector_id: input.collector_id ?? null,
      };
  await tx.execute(sql`
    update documents set ${assignments({ ...values, updated_at: now, updated_by_id: caller.userId })}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  if (isDraft)
    await tx.execute(
      sql`delete from document_lines where client_account_id = ${clientAccountId} and document_id = ${id}`,
    );
  const { lines, paymentLines } = decided.checked;
  // Payments refer to their line: an unchanged one keeps its id.
  const isRepaid = changesPayments(before, input);
  if (isRepaid)
    await tx.execute(
      sql`delete from document_payment_lines where client_account_id = ${clientAccountId} and document_id = ${id}`,
    );
  if (isDraft) insertLines(tx, clientAccountId, [id], [{ lines }]);
  if (isRepaid && paymentLines.length > 0) {
    const firstId = await takeIds(tx, clientAccountId, paymentLines.length);
    insertPaymentLines(tx, clientAccountId, [id], [{ paymentLines }], firstId);
  }
  if (isDraft) await writeAttachments(tx, clientAccountId, id, input.attachment_ids ?? []);
  await takeNumber(tx, clientAccountId, decided.numbered);
  const view = await findDocument(tx, clientAccountId, id);
  audit({ recordType: 'document', recordId: id, before, after: view });
  return view;
}

/** Sends the lines of documents, whose ids are in the same order. */
function insertLines(
  tx: Transaction,
  clientAccountId: number,
  ids: readonly number[],
  contents: readonly Pick<CheckedDocument, 'lines'>[],
): void {
  const rows = contents.flatMap(({ lines }, i) =>
    lines.map(({ accountCode, description, amount, taxCode, dimensions, goods: { amount: _, ...goods } }, at) => ({
      client_account_id: clientAccountId,
      document_id: ids[i]!,
      line_no: at + 1,
      account_code: accountCode,
      description,
      amount,
      tax_code: taxCode,
      dimensions,
      ...goods,
    })),
  );
  if (rows.length > 0)
    tx.post(sql`insert into document_lines ${insertionOfRows('document_lines', rows)}`, 'insert-document-lines');
}

/** Sends the payment lines of documents, whose ids are in the same order. */
function insertPaymentLines(
  tx: Transaction,
  clientAccountId: number,
  ids: readonly number[],
  contents: readonly Pick<CheckedDocument, 'paymentLines'>[],
  firstId: number,
): void {
  const rows = contents
    .flatMap(({ paymentLines }, i) => paymentLines.map((line) => ({ document_id: ids[i]!, line })))
    .map(({ document_id, line }, i) => ({
      client_account_id: clientAccountId,
      id: firstId + i,
      document_id,
      due_date: line.dueDate,
      amount: line.amount,
      bank_account_id: line.bankAccountId,
      payment_reference: line.reference,
      message: line.message,
    }));
  if (rows.length > 0)
    tx.post(
      sql`insert into document_payment_lines ${insertionOfRows('document_payment_lines', rows)}`,
      'insert-document-payment-lines',
    );
}
