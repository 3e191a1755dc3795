import { assert } from '../../kernel/assert.ts';
import { isLocalDate } from '../../kernel/local-date.ts';
import type { ExportSubject } from '../export-subject.ts';
import { element, escaped, kroner, setting, textElement } from './sql-text.ts';
import { LIMIT } from './xml-text.ts';

/** Properties that determine how entries are written, known before the first of them. */
export interface EntriesForm {
  /** Some entries came from a SAF-T file: its data beyond our columns are written back. */
  imported: boolean;
  /** Some voucher numbers of such files occur twice in this one. */
  duplicates: boolean;
  /** Account numbers, VAT codes and series need no escaping. */
  plainKeys: boolean;
}

/** Bits of a row's first column; above them the number of the line. */
export const LAST_LINE = 1;
export const FROM_SAF_T = 2;
/** The subsidiary ledger of the line's account: customers, suppliers, or none. */
export const ROLE_SHIFT = 2;
export const LINE_NO_SHIFT = 4;
export type AccountRole = 0 | 1 | 2;
export const NO_LEDGER: AccountRole = 0;
export const OF_CUSTOMERS: AccountRole = 1;
export const OF_SUPPLIERS: AccountRole = 2;

/** Columns that describe the entry of a line; null on its other lines than the first. */
export const ENTRY_COLUMNS = 14;

/**
 * Every line of the selection, in file order, one row per line: the values that its XML is assembled from.
 *
 * 1 bits · 2 debit − credit in øre
 * of the entry, on its first line: 3 number · 4 period · 5 year · 6 date · 7 source and voucher of a file · 8 user ·
 * 9 series · 10 source · 11 description · 12 description if that is empty · 13 when it was made · 14 day it was posted ·
 * 15 these of a file · 16 reference
 * of the line: 17 record id of a file · 18 account · 19 analyses of a file · 20 dimension set · 21 partner · 22 value date
 * and source document · 23 description · 24 currency · 25 VAT code of a base line · 26 its rate · 27 its VAT in øre · 28 VAT
 * of a file · 29 reference · 30 KID · 31 due date · 32 quantity and cross reference · 33 time of entry, if it differs from
 * that of the entry · 34 owner
 *
 * The database makes texts several times slower than it reads the lines. It makes those that few lines have: of files, and
 * of currency. Columns 11, 12, 16, 23, 29 and 30 are texts as they were stored, which are escaped when they are written; all
 * other texts are XML.
 *
 * The order is that of the index of series and numbers, and within an entry that of the primary key of lines: with
 * sorting turned off these are the only access paths, nothing is sorted, and the first bytes arrive at once. The order of
 * lines is not asked for, because the planner would sort for it; it is checked while they are written.
 */
export function entriesStatement(subject: ExportSubject, form: EntriesForm): string {
  const { clientAccountId, range, knownPostingNo } = subject;
  assert(Number.isSafeInteger(clientAccountId) && isLocalDate(range.from) && isLocalDate(range.to), 'checked before');
  const known = knownPostingNo === null ? '' : `and posting_no <= ${knownPostingNo}`;
  const first = (expression: string) => `case when l.line_no = 1 then ${expression} end`;
  const imported = (expression: string) => (form.imported ? expression : 'null::text');
  const isBase = `l.base_line_no is null${form.imported ? ` and not coalesce(l.origin ? 'tax', false)` : ''}`;
  const base = (expression: string) => `case when ${isBase} then ${expression} end`;
  return `
select (l.line_no << ${LINE_NO_SHIFT}) + (l.line_no = e.line_count)::int * ${LAST_LINE} + e.saf_t + ((${roleOf('l.account_code')}) << ${ROLE_SHIFT}),
  l.debit - l.credit,
  ${first(transactionId(form))},
  ${first('e.period')},
  ${first('e.fiscal_year')},
  ${first(form.imported ? `coalesce(e.origin ->> 'transaction_date', e.entry_date::text)` : 'e.entry_date::text')},
  ${first(imported(`case when e.source = 'saf-t' then ${VOUCHER_OF_FILE} end`))},
  ${first('e.created_by_id')},
  ${first('e.series')},
  ${first('e.source')},
  ${first(entryText())},
  ${first(`'Bilag ' || ${voucherNumber('e.')}`)},
  ${first('e.created')},
  ${first('e.posted_on::text')},
  ${first(imported(`case when e.source = 'saf-t' then ${DATES_OF_FILE} end`))},
  ${first('e.document_reference')},
  ${imported(escaped(`(l.origin ->> 'record_id')`, LIMIT.short))},
  ${keyText(form, 'l.account_code')},
  ${imported(analysisGiven(subject))},
  ${form.imported ? `case when l.origin ? 'analysis' then null else l.dimension_set_id end` : 'l.dimension_set_id'},
  l.business_partner_id,
  ${imported(`concat(${given('value_date', 'ValueDate', 10)}, ${given('source_document_id', 'SourceDocumentID', LIMIT.mid1)})`)},
  l.memo,
  ${foreign(subject, form)},
  ${base(keyText(form, 'l.tax_code'))},
  ${base('trim_scale(l.tax_rate)::text')},
  ${base('l.tax_amount')},
  ${imported(taxGiven(subject))},
  l.document_reference,
  l.payment_reference,
  l.due_date::text,
  ${form.imported ? LINE_ORIGIN : 'null::text, null::text, null::text'}
from (
  select client_account_id, id, series, fiscal_year, sequence_number, period, entry_date, source, created_by_id, memo,
    document_reference, cancels_entry_id, cancellation_reason, line_count, origin,
    (source = 'saf-t')::int * ${FROM_SAF_T} as saf_t, (posted_at at time zone 'Europe/Oslo')::date as posted_on,
    replace(left((created_at at time zone 'Europe/Oslo')::text, ${'2026-03-15 10:00:00'.length}), ' ', 'T') as created
  from journal_entries
  where client_account_id = ${clientAccountId} and entry_date between '${range.from}' and '${range.to}' ${known}
  order by client_account_id, series, fiscal_year, sequence_number
) e
cross join lateral (
  select line_no, account_code, debit, credit, dimension_set_id, business_partner_id, tax_code, tax_rate, tax_amount,
    base_line_no, currency_code, currency_amount, exchange_rate, due_date, payment_reference, document_reference, memo, origin
  from journal_entry_lines where client_account_id = ${clientAccountId} and entry_id = e.id order by line_no
) l
order by e.series, e.fiscal_year, e.sequence_number`;
}

/** The number of an entry in the file, unescaped. Our own is series, year and number. */
export function voucherNumber(entry = ''): string {
  return `coalesce(${entry}origin ->> 'transaction_id', ${ownNumber(entry)})`;
}

function ownNumber(entry: string): string {
  return `${entry}series || '-' || ${entry}fiscal_year || '-' || ${entry}sequence_number`;
}

/** A duplicate number, which occurs if the other system restarts each year, gets our own number appended. */
function transactionId(form: EntriesForm): string {
  const number = voucherNumber('e.');
  const own = ownNumber('e.');
  const plain = form.imported ? escaped(number, LIMIT.mid2) : keyText(form, own);
  if (!form.duplicates) return plain;
  const longest = `${LIMIT.mid2} - length(${own}) - 3`;
  return `case when ${number} = any (${setting('duplicates', 'text[]')}::text[]) and e.origin ? 'transaction_id'
    then ${escaped(`left(e.origin ->> 'transaction_id', ${longest}) || ' (' || ${own} || ')'`, LIMIT.mid2)} else ${plain} end`;
}

function ofEntry(name: string, field: string, max: number): string {
  return textElement(name, `e.origin ->> '${field}'`, max);
}

const VOUCHER_OF_FILE = `concat(${ofEntry('SourceID', 'source_id', LIMIT.mid1)},
    ${ofEntry('VoucherType', 'voucher_type', LIMIT.mid2)}, ${ofEntry('VoucherDescription', 'voucher_description', LIMIT.mid2)},
    ${ofEntry('TransactionType', 'transaction_type', LIMIT.short)})`;

const DATES_OF_FILE = `concat(${ofEntry('BatchID', 'batch_id', LIMIT.mid1)},
    '<SystemEntryDate>', coalesce(e.origin ->> 'system_entry_date', e.entry_date::text), '</SystemEntryDate><GLPostingDate>',
    coalesce(e.origin ->> 'gl_posting_date', e.entry_date::text), '</GLPostingDate>',
    ${element('ModificationDate', `e.origin ->> 'modification_date'`)}, ${ofEntry('SystemID', 'system_id', LIMIT.short)})`;

/** A cancellation names the cancelled entry and the reason. */
function entryText(): string {
  const cancelled = `(select ${voucherNumber('o.')} from journal_entries o
    where o.client_account_id = e.client_account_id and o.id = e.cancels_entry_id)`;
  return `case when e.cancels_entry_id is null then e.memo
    else concat_ws(': ', 'Reverserer ' || ${cancelled}, e.cancellation_reason, nullif(e.memo, '')) end`;
}

function roleOf(account: string): string {
  return `case when l.business_partner_id is null then 0 when ${account} = any (${setting('customer_accounts', 'text[]')}::text[]) then ${OF_CUSTOMERS}
    when ${account} = any (${setting('supplier_accounts', 'text[]')}::text[]) then ${OF_SUPPLIERS} else ${NO_LEDGER} end`;
}

function keyText({ plainKeys }: EntriesForm, text: string): string {
  return plainKeys ? text : escaped(text, LIMIT.mid2);
}

/** Data of a file about a line beyond our columns. */
function given(field: string, name: string, max: number): string {
  return `case when l.origin is not null then ${textElement(name, `(l.origin ->> '${field}')`, max)} end`;
}

const LINE_ORIGIN = `case when l.origin is not null then concat(
      ${element('Quantity', `trim_scale(round((l.origin ->> 'quantity')::numeric, 6))::text`)},
      ${textElement('CrossReference', `(l.origin ->> 'cross_reference')`, LIMIT.mid1)}) end,
    ${element('SystemEntryTime', `l.origin ->> 'system_entry_time'`)},
    ${textElement('OwnerID', `(l.origin ->> 'owner_id')`, LIMIT.mid1)}`;

/** A currency amount with the decimals that the version allows: 1.40 accepts long decimals. */
function currency(subject: ExportSubject, code: string, amountText: string, rate: string): string {
  const digits = (value: string, decimals: number) =>
    subject.version === '1.40' ? `trim_scale(${value})::text` : `trim_scale(round(${value}, ${decimals}))::text`;
  return `case when length(${code}) = 3 and ${code} <> ${setting('currency', 'text')} then concat('<CurrencyCode>', ${escaped(code, 3)}, '</CurrencyCode><CurrencyAmount>',
    ${digits(amountText, 2)}, '</CurrencyAmount>', ${element('ExchangeRate', `nullif(${digits(rate, 8)}, '0')`)}) end`;
}

function currencyGiven(subject: ExportSubject, facts: string): string {
  return `case when ${facts} ->> 'amount' is not null then ${currency(subject, `(${facts} ->> 'code')`, `(${facts} ->> 'amount')::numeric`, `(${facts} ->> 'rate')::numeric`)} end`;
}

/** The amount in a foreign currency. */
function foreign(subject: ExportSubject, form: EntriesForm): string {
  return `case when l.currency_code is not null then ${currency(subject, 'l.currency_code', 'l.currency_amount', 'l.exchange_rate')}
    ${form.imported ? `when l.origin ? 'currency' then ${currencyGiven(subject, `(l.origin -> 'currency')`)}` : ''} end`;
}

/** VAT of a line as the file had it, of one or several codes. A line with import VAT paid to customs has no base. */
function taxGiven(subject: ExportSubject): string {
  const base = `case when l.tax_code = any (${setting('import_paid', 'text[]')}::text[]) then null else ${kroner('(l.debit + l.credit)')} end`;
  const side = `case when l.credit > 0 then 'Credit' else 'Debit' end`;
  const sideGiven = `case f ->> 'side' when 'debit' then 'Debit' when 'credit' then 'Credit' else ${side} end`;
  const nok = `case when f -> 'nok' ->> 'amount' is not null then concat('<', initcap(f -> 'nok' ->> 'side'), 'NOKTaxAmount><NOKAmount>', f -> 'nok' ->> 'amount', '</NOKAmount>',
      ${element('NOKTaxBase', `f -> 'nok' ->> 'base'`)}, '</', initcap(f -> 'nok' ->> 'side'), 'NOKTaxAmount>') end`;
  return `case when l.origin ? 'tax' then (
      select string_agg(concat('<TaxInformation><TaxType>MVA</TaxType>', ${textElement('TaxCode', `case when n = 1 then l.tax_code else f ->> 'code' end`, LIMIT.mid2)},
        ${element('TaxPercentage', `case when n = 1 then trim_scale(l.tax_rate)::text else f ->> 'percentage' end`)},
        '<Country>', coalesce(case when length(f ->> 'country') = 2 then ${escaped(`(f ->> 'country')`, 2)} end, 'NO'), '</Country>',
        ${element('TaxBase', `coalesce(f ->> 'base', ${base})`)}, ${textElement('TaxBaseDescription', `(f ->> 'base_description')`, LIMIT.mid2)},
        '<', ${sideGiven}, 'TaxAmount><Amount>', case when n = 1 then ${kroner('coalesce(l.tax_amount, 0)')} else coalesce(f ->> 'amount', '0.00') end, '</Amount>',
        ${currencyGiven(subject, `(f -> 'currency')`)}, '</', ${sideGiven}, 'TaxAmount>', ${subject.version === '1.40' ? nok : 'null'},
        ${textElement('TaxExemptionReason', `(f ->> 'exemption_reason')`, LIMIT.mid2)},
        ${textElement('TaxDeclarationPeriod', `(f ->> 'declaration_period')`, LIMIT.mid1)}, '</TaxInformation>'), '' order by n)
      from jsonb_array_elements(l.origin -> 'tax') with ordinality as t (f, n)) end`;
}

/** Analyses with amounts, or several of one type, as the file had them. */
function analysisGiven(subject: ExportSubject): string {
  const side = `case when coalesce(a ->> 'side', case when l.credit > 0 then 'credit' else 'debit' end) = 'credit' then 'Credit' else 'Debit' end`;
  return `case when l.origin ? 'analysis' then (
      select string_agg(concat('<Analysis>', ${textElement('AnalysisType', `(a ->> 'type')`, LIMIT.code)}, ${textElement('AnalysisID', `(a ->> 'id')`, LIMIT.mid1)},
        case when a ->> 'amount' is not null then concat('<', ${side}, 'AnalysisAmount><Amount>', ltrim(a ->> 'amount', '-'), '</Amount>',
          ${currencyGiven(subject, `(a -> 'currency')`)}, '</', ${side}, 'AnalysisAmount>') end, '</Analysis>'), '' order by n)
      from jsonb_array_elements(l.origin -> 'analysis') with ordinality as t (a, n)) end`;
}
