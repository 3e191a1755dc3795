import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import { formatAmount, MAX_AMOUNT, type Ore, ore } from '../../kernel/money.ts';
import {
  type EntryView,
  openDay,
  postingOperation,
  type PostingSteps,
  type Recording,
  takeIds,
  unknownReferences,
} from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments, insertionOfRows } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { sideBySide } from '../../platform/database/side-by-side.ts';
import { type FieldProblem, invalid, problem, requestErrors } from '../../platform/errors.ts';
import { textArray } from '../../platform/database/arrays.ts';
import { subsidiaryAccounts } from '../matching/items/open-items.ts';
import type { VatRounding } from './document-amounts.ts';
import { DOCUMENT_TYPES, type DocumentType, type DocumentView, findDocument, findDocuments } from './document.ts';
import { type DocumentFacts, type DocumentPosting, documentPosting, ratesOf } from './document-entry.ts';
import { refuseCredited, refuseWrongCredit } from './document-credit.ts';
import { type CheckedDocument, checkDocument, type NewDocument } from './document-input.ts';
import {
  inTurn,
  isNumbered,
  noteNumbering,
  numberFor,
  type Numbered,
  refuseTakenNumber,
  takeNumber,
} from './document-number.ts';
import { commercialDocumentErrors } from './errors.ts';
import { invoiceColumns, unknownOfInvoice, writeAttachments } from './invoice-fields.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

export type Values = Omit<NewDocument, 'client_account_id'>;
export type DocumentChanges = Partial<Values> & { document_status?: 'DRAFT' | 'POSTED' };

export interface Decided {
  facts: DocumentFacts;
  checked: CheckedDocument;
  /** Null: a draft, or linked to an existing ledger line. */
  posting: DocumentPosting | null;
  linked: { entry_id: number; line_no: number } | null;
  status: 'DRAFT' | 'POSTED';
  gross: Ore;
  tax: Ore | null;
  rounding: VatRounding;
  /** The number that is assigned now, from a series of the client account. */
  numbered: Numbered | null;
}

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

export type NewDecided = Decided & { input: Values };

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

type ChangeDecided = Decided & { input: Values; before: DocumentView };

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

export async function decide(
  tx: Transaction,
  clientAccountId: number,
  input: Values,
  before?: DocumentView,
): Promise<Decided> {
  const decided = await decideUncredited(tx, clientAccountId, input, before);
  await refuseCredit(tx, clientAccountId, input, decided, before?.id);
  return decided;
}

function refuseCredit(
  tx: Transaction,
  clientAccountId: number,
  { credits_document_id }: Values,
  { facts, gross, status }: Decided,
  id: number | null = null,
): Promise<void> {
  return refuseWrongCredit(tx, clientAccountId, credits_document_id, {
    facts,
    gross,
    isPosted: status === 'POSTED',
    id,
  });
}

async function decideUncredited(
  tx: Transaction,
  clientAccountId: number,
  input: Values,
  before?: DocumentView,
): Promise<Decided> {
  const checked = checkDocument(input);
  const [, rates] = await sideBySide(
    () => refuseUnknown(tx, clientAccountId, input),
    () => ratesOf(tx, clientAccountId, input.document_date, checked),
  );
  const facts: DocumentFacts = {
    document_type: input.document_type,
    document_date: input.document_date,
    document_number: input.document_number ?? null,
    due_date: input.due_date ?? null,
    business_partner_id: input.business_partner_id ?? null,
    voucher_id: input.voucher_id ?? null,
    payment_reference: input.payment_reference ?? null,
    currency_code: input.currency_code ?? 'NOK',
    credits_document_id: input.credits_document_id ?? null,
    memo: input.memo ?? null,
  };
  if (before && before.document_status !== 'DRAFT') {
    const money = { gross: ore(before.gross_amount.replace('.', '')), tax: null };
    const rounding = before.vat_rounding;
    return { facts, checked, posting: null, linked: null, status: 'POSTED', ...money, rounding, numbered: null };
  }
  const cannot = DOCUMENT_TYPES[input.document_type] === 0;
  if (input.journal_entry_id != null) return linkedTo(tx, clientAccountId, input, facts, checked);
  const posts =
    input.document_status === 'POSTED' ||
    (input.document_status === undefined && checked.lines.length > 0 && !cannot && !before);
  if (posts && cannot) throw commercialDocumentErrors.cannot_post({ document_type: input.document_type });
  if (posts) {
    const problems: FieldProblem[] = [];
    if (checked.lines.length === 0) problems.push(problem('lines', 'is required to post', 'må oppgis for å bokføre'));
    if (facts.business_partner_id === null)
      problems.push(problem('business_partner_id', 'is required to post', 'må oppgis for å bokføre'));
    if (problems.length > 0) throw invalid(problems);
  }
  const numbered = await numberFor(tx, clientAccountId, input, posts);
  if (numbered) {
    facts.document_number = String(numbered.number);
    facts.payment_reference ??= numbered.kid;
    facts.due_date ??= numbered.dueDate;
  }
  const posting = checked.lines.length > 0 ? documentPosting(facts, checked, rates) : null;
  const gross = posting?.gross ?? checked.gross ?? 0n;
  refuseTooLarge(gross);
  return {
    numbered,
    facts,
    checked,
    posting: posts ? posting : null,
    linked: null,
    status: posts ? 'POSTED' : 'DRAFT',
    gross,
    tax: posting?.tax ?? null,
    rounding: posting?.rounding ?? checked.rounding ?? 'line',
  };
}

/** The line must be an open claim or debt on the document's side, without another document. */
async function linkedTo(
  tx: Transaction,
  clientAccountId: number,
  input: Values,
  facts: DocumentFacts,
  checked: CheckedDocument,
): Promise<Decided> {
  const { journal_entry_id, journal_entry_line_number: line_number } = input;
  const wrong = (reason_en: string, reason_nb: string) =>
    commercialDocumentErrors.wrong_line({
      journal_entry_id: journal_entry_id!,
      line_number: line_number ?? '',
      reason_en,
      reason_nb,
    });
  const lines = await tx.rows<{
    line_no: number;
    amount: number;
    currency_code: string | null;
    currency_amount: number | null;
    partner: number | null;
    document_id: number | null;
    is_cancelled: boolean;
  }>(sql`
    select l.line_no, l.debit - l.credit as amount, nullif(l.currency_code, 'NOK') as currency_code,
      round(abs(l.currency_amount) * 100)::bigint as currency_amount, l.business_partner_id as partner, d.id as document_id,
      exists (select from journal_entries c where c.client_account_id = ${clientAccountId} and c.cancels_entry_id = l.entry_id) as is_cancelled
    from journal_entry_lines l
    join (${subsidiaryAccounts(clientAccountId)}) a on a.account_code = l.account_code
    left join documents d on d.client_account_id = ${clientAccountId} and d.journal_entry_id = l.entry_id and d.line_no = l.line_no
      and d.document_status <> 'CANCELLED'
    where l.client_account_id = ${clientAccountId} and l.entry_id = ${journal_entry_id}
      and (${line_number ?? null}::int is null or l.line_no = ${line_number ?? null})`);
  const isThere = await tx.maybe(sql`
    select 1 as found from journal_entries where client_account_id = ${clientAccountId} and id = ${journal_entry_id}`);
  if (!isThere) throw invalid([problem('journal_entry_id', 'no such entry', 'ingen slikt bilag')]);
  const side = DOCUMENT_TYPES[input.document_type];
  if (side === 0) throw commercialDocumentErrors.cannot_post({ document_type: input.document_type });
  if (lines.length === 0)
    throw wrong(
      'it is on no account of customers or suppliers',
      'den står ikke på en konto for kunder eller leverandører',
    );
  if (lines.length > 1)
    throw wrong(
      'the entry has several; give journal_entry_line_number',
      'bilaget har flere; oppgi journal_entry_line_number',
    );
  const line = lines[0]!;
  if (line.is_cancelled) throw wrong('the entry is cancelled', 'bilaget er reversert');
  if (line.document_id !== null)
    throw wrong(`it is the claim of document ${line.document_id}`, `den er kravet til dokument ${line.document_id}`);
  if (line.amount > 0 !== side > 0) throw wrong('it is on the other side', 'den står på motsatt side');
  if (facts.business_partner_id !== null && facts.business_partner_id !== line.partner)
    throw wrong('it is another partner’s', 'den tilhører en annen forretningspartner');
  if ((line.currency_code ?? 'NOK') !== facts.currency_code)
    throw wrong('it is in another currency', 'den er i en annen valuta');
  const gross = ore(line.currency_code === null ? Math.abs(line.amount) : line.currency_amount);
  refuseTooLarge(gross);
  if (checked.gross !== null && checked.gross !== gross)
    throw commercialDocumentErrors.gross_differs({
      gross_amount: formatAmount(checked.gross),
      computed: formatAmount(gross),
    });
  return {
    facts: { ...facts, business_partner_id: line.partner },
    checked,
    posting: null,
    linked: { entry_id: journal_entry_id!, line_no: line.line_no },
    status: 'POSTED',
    gross,
    tax: null,
    rounding: checked.rounding ?? 'line',
    numbered: null,
  };
}

function refuseTooLarge(gross: Ore): void {
  if (gross <= MAX_AMOUNT) return;
  const limit = formatAmount(MAX_AMOUNT);
  const found = formatAmount(gross);
  throw invalid([
    problem('gross_amount', `is ${found}; it may be ${limit} at most`, `er ${found}; det kan være høyst ${limit}`),
  ]);
}

async function refuseUnknown(tx: Transaction, clientAccountId: number, input: Values): Promise<void> {
  const lines = (input.lines ?? []).map((line, i) => ({ ...line, at: `lines[${i}].` }));
  const problems = await sideBySide(
    () => unknownPartners(tx, clientAccountId, input),
    () => unknownRecord(tx, clientAccountId, input, 'voucher_id', 'vouchers'),
    () => unknownRecord(tx, clientAccountId, input, 'credits_document_id', 'documents'),
    () => unknownBankAccounts(tx, clientAccountId, input),
    () => unknownReferences(tx, clientAccountId, lines),
    () => unknownOfInvoice(tx, clientAccountId, input),
  );
  if (problems.some((found) => found.length > 0)) throw invalid(problems.flat());
}

async function unknownPartners(tx: Transaction, clientAccountId: number, input: Values): Promise<FieldProblem[]> {
  const partners = (['business_partner_id', 'payor_id', 'collector_id'] as const).filter((name) => input[name] != null);
  if (partners.length === 0) return [];
  const asked = [...new Set(partners.map((name) => input[name]!))];
  const known = await tx.prepared<{ id: number }>(
    'document-partners',
    sql`select id from business_partners where client_account_id = ${clientAccountId} and id = any(${asked}::bigint[])`,
  );
  const ids = new Set(known.map(({ id }) => id));
  return partners
    .filter((name) => !ids.has(input[name]!))
    .map((name) =>
      problem(name, `unknown business partner ${input[name]}`, `ukjent forretningspartner ${input[name]}`),
    );
}

async function unknownRecord(
  tx: Transaction,
  clientAccountId: number,
  input: Values,
  name: 'voucher_id' | 'credits_document_id',
  table: 'vouchers' | 'documents',
): Promise<FieldProblem[]> {
  const id = input[name];
  if (id == null) return [];
  const found = await tx.maybe(
    table === 'vouchers'
      ? sql`select id from vouchers where client_account_id = ${clientAccountId} and id = ${id}`
      : sql`select id from documents where client_account_id = ${clientAccountId} and id = ${id}`,
  );
  return found ? [] : [problem(name, `unknown ${name.replace('_id', '')} ${id}`, `ukjent ${name} ${id}`)];
}

async function unknownBankAccounts(
  tx: Transaction,
  clientAccountId: number,
  { payment_lines = [] }: Values,
): Promise<FieldProblem[]> {
  const accounts = [...new Set(payment_lines.flatMap(({ bank_account_id }) => bank_account_id ?? []))];
  if (accounts.length === 0) return [];
  const rows = await tx.rows<{ id: number }>(sql`
    select id from bank_accounts where client_account_id = ${clientAccountId} and id = any(${accounts}::bigint[])`);
  const known = new Set(rows.map(({ id }) => id));
  return payment_lines.flatMap(({ bank_account_id: id }, i) =>
    id == null || known.has(id)
      ? []
      : [problem(`payment_lines[${i}].bank_account_id`, `unknown bank account ${id}`, `ukjent bankkonto ${id}`)],
  );
}

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
async function insertDocuments(
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

async function rewriteDocument(
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

/** Entering the same bill twice is the most frequent cause of a double payment. */
async function refuseSameNumber(
  tx: Transaction,
  clientAccountId: number,
  inputs: readonly Values[],
  id: number | null,
): Promise<void> {
  const numbers = inputs.flatMap((input) => (numberKey(input) === null ? [] : input.document_number!));
  if (numbers.length === 0) return;
  const found = await tx.prepared<{
    id: number;
    document_type: DocumentType;
    document_number: string;
    business_partner_id: number | null;
  }>(
    'documents-of-numbers',
    sql`
      select id, document_type, document_number, business_partner_id from documents
      where client_account_id = ${clientAccountId} and document_number = any(${textArray(numbers)}::text[])
        and document_status <> 'CANCELLED' and id <> ${id ?? 0}
      order by id`,
  );
  const idOf = new Map(found.toReversed().map((document) => [numberKey(document), document.id]));
  for (const input of inputs) {
    const key = numberKey(input);
    const same = key === null ? undefined : idOf.get(key);
    if (same === undefined) continue;
    // The refusal of all would not say which of several it is.
    if (inputs.length > 1) throw requestErrors.concurrent_change();
    throw commercialDocumentErrors.number_taken({ document_number: input.document_number!, document_id: same });
  }
}

/** Of two with one number, the second is to be told of the first. */
function refuseTwins(ons: readonly NewDecided[]): void {
  const keys = ons.flatMap(({ input }) => numberKey(input) ?? []);
  if (new Set(keys).size < keys.length) throw requestErrors.concurrent_change();
}

type NumberedBy = Pick<Values, 'document_type' | 'document_number' | 'business_partner_id'>;

/** What tells bills apart; null without a number or a partner. */
function numberKey({ document_type, document_number, business_partner_id }: NumberedBy): string | null {
  if (document_number == null || business_partner_id == null) return null;
  return `${document_type} ${business_partner_id} ${document_number}`;
}

const CHANGEABLE = new Set([
  'due_date',
  'payment_reference',
  'memo',
  'voucher_id',
  'payor_id',
  'collector_id',
  'payment_lines',
  'document_status',
]);

function refuseFinal(changes: DocumentChanges, { document_status }: DocumentView): void {
  const fields = Object.entries(changes)
    .filter(([name, value]) => value !== undefined && !CHANGEABLE.has(name))
    .map(([name]) => name);
  if (document_status === 'CANCELLED' || changes.document_status === 'DRAFT') fields.push('document_status');
  if (fields.length > 0) throw commercialDocumentErrors.posted_is_final({ fields: fields.join(', ') });
}

function changesPayments({ payment_lines }: DocumentView, input: Values): boolean {
  const before = payment_lines.map(({ id: _, ...line }) => line);
  return !isDeepStrictEqual(before, input.payment_lines ?? []);
}

function merged(before: DocumentView, changes: DocumentChanges): Values {
  const lines = before.lines.map(({ line_number: _, ...line }) => line);
  const payment_lines = before.payment_lines.map(({ id: _, ...line }) => line);
  const { document_type, document_date, currency_code, exchange_rate, document_number, due_date, business_partner_id } =
    before;
  const { payor_id, collector_id, voucher_id, payment_reference, memo, credits_document_id, attachment_ids } = before;
  const kept = {
    ...invoiceColumns(before),
    attachment_ids,
    document_type,
    document_date,
    currency_code,
    exchange_rate,
    document_number,
    due_date,
    business_partner_id,
    payor_id,
    collector_id,
    voucher_id,
    payment_reference,
    memo,
    credits_document_id,
    lines,
    payment_lines,
  };
  // When the lines change, the earlier sum is no longer valid.
  const gross = lines.length === 0 ? { gross_amount: before.gross_amount === '0.00' ? null : before.gross_amount } : {};
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  // The gross amount determines the rounding of VAT, if the change does not.
  const rounding = changes.gross_amount == null ? { vat_rounding: before.vat_rounding } : {};
  return { ...kept, ...gross, ...rounding, document_status: 'DRAFT', ...given };
}
