import sql from 'sql-template-tag';
import { formatAmount, MAX_AMOUNT, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { sideBySide } from '../../platform/database/side-by-side.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { subsidiaryAccounts } from '../matching/items/open-items.ts';
import type { VatRounding } from './document-amounts.ts';
import { refuseWrongCredit } from './document-credit.ts';
import { type DocumentFacts, type DocumentPosting, documentPosting, ratesOf } from './document-entry.ts';
import { type CheckedDocument, checkDocument, type Values } from './document-input.ts';
import { numberFor, type Numbered } from './document-number.ts';
import { refuseUnknown } from './document-references.ts';
import { DOCUMENT_TYPES, type DocumentView } from './document.ts';
import { commercialDocumentErrors } from './errors.ts';

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

export function refuseCredit(
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
