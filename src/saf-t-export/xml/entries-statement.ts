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

/** Bits of a row's first column. */
export const FIRST_LINE = 1;
export const LAST_LINE = 2;
export const FROM_SAF_T = 4;
/** The subsidiary ledger of the line's account: customers, suppliers, or none. */
export const ROLE_SHIFT = 3;
export type AccountRole = 0 | 1 | 2;
export const NO_LEDGER: AccountRole = 0;
export const OF_CUSTOMERS: AccountRole = 1;
export const OF_SUPPLIERS: AccountRole = 2;

/**
 * Every line of the selection as XML, in file order, one row per line: text that is copied unchanged, and between it
 * the ids that are replaced by dimensions and partners. The first line of a transaction includes its opening tag, the
 * last one its end tag.
 *
 * 1 bits · 2 debit − credit in øre · 3 text · 4 dimension set · 5 text (value date) · 6 partner · 7 text
 *
 * The order is that of the index of series and numbers, and within an entry that of the primary key of lines: with
 * sorting turned off these are the only access paths, nothing is sorted, and the first bytes arrive at once.
 */
export function entriesStatement(subject: ExportSubject, form: EntriesForm): string {
  const { clientAccountId, range, knownPostingNo } = subject;
  assert(Number.isSafeInteger(clientAccountId) && isLocalDate(range.from) && isLocalDate(range.to), 'checked before');
  const known = knownPostingNo === null ? '' : `and posting_no <= ${knownPostingNo}`;
  return `
select e.saf_t + (l.line_no = 1)::int * ${FIRST_LINE} + (l.line_no = e.line_count)::int * ${LAST_LINE} + (${roleOf('l.account_code')}) * ${1 << ROLE_SHIFT},
  l.debit - l.credit,
  concat(case when l.line_no = 1 then e.head end,
    '<Line><RecordID>', ${origin(form, 'record_id', LIMIT.short, 'l.line_no::text')},
    '</RecordID><AccountID>', ${keyText(form, 'l.account_code')}, '</AccountID>'${form.imported ? `, ${analysisGiven(subject)}` : ''}),
  ${form.imported ? `case when l.origin ? 'analysis' then null else l.dimension_set_id end` : 'l.dimension_set_id'},
  ${form.imported ? `concat(${given('value_date', 'ValueDate', 10)}, ${given('source_document_id', 'SourceDocumentID', LIMIT.mid1)})` : 'null::text'},
  l.business_partner_id,
  concat('<Description>', coalesce(${escaped('l.memo', LIMIT.long)}, e.memo), '</Description>', ${amount(subject, form)},
    ${tax(subject, form)},
    coalesce(${textElement('ReferenceNumber', 'l.document_reference', LIMIT.mid1)}, e.reference),
    ${textElement('CID', 'l.payment_reference', LIMIT.mid1)},
    ${element('DueDate', 'l.due_date::text')},
    ${form.imported ? IMPORTED_END : 'e.entered'},
    '</Line>', case when l.line_no = e.line_count then E'</Transaction>\\n' end)
from (
  select id, series, fiscal_year, sequence_number, line_count, (source = 'saf-t')::int * ${FROM_SAF_T} as saf_t,
    ${head(form)} as head, ${entryText()} as memo,
    ${textElement('ReferenceNumber', 'document_reference', LIMIT.mid1)} as reference,
    case when source <> 'saf-t' then ${element('SystemEntryTime', `replace(date_trunc('second', created_at at time zone 'Europe/Oslo')::text, ' ', 'T')`)} end as entered
  from journal_entries
  where client_account_id = ${clientAccountId} and entry_date between '${range.from}' and '${range.to}' ${known}
  order by client_account_id, series, fiscal_year, sequence_number
) e
cross join lateral (
  select line_no, account_code, debit, credit, dimension_set_id, business_partner_id, tax_code, tax_rate, tax_amount,
    base_line_no, currency_code, currency_amount, exchange_rate, due_date, payment_reference, document_reference, memo, origin
  from journal_entry_lines where client_account_id = ${clientAccountId} and entry_id = e.id order by line_no
) l
order by e.series, e.fiscal_year, e.sequence_number, l.line_no`;
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
  const plain = form.imported ? escaped(voucherNumber(), LIMIT.mid2) : keyText(form, ownNumber(''));
  if (!form.duplicates) return plain;
  const longest = `${LIMIT.mid2} - length(${ownNumber('')}) - 3`;
  return `case when ${voucherNumber()} = any (${setting('duplicates', 'text[]')}::text[]) and origin ? 'transaction_id'
    then ${escaped(`left(origin ->> 'transaction_id', ${longest}) || ' (' || ${ownNumber('')} || ')'`, LIMIT.mid2)} else ${plain} end`;
}

function head(form: EntriesForm): string {
  const day = (time: string) => `(${time} at time zone 'Europe/Oslo')::date`;
  const own = [
    `'<SourceID>' || (${setting('users', 'jsonb')} ->> created_by_id::text) || '</SourceID>'`,
    `${setting('journals', 'jsonb')} ->> series`,
    `${setting('sources', 'jsonb')} ->> source`,
  ];
  const foreign = (name: string, field: string, max: number) => textElement(name, `origin ->> '${field}'`, max);
  const beforeText = form.imported
    ? `case when source = 'saf-t' then concat(${foreign('SourceID', 'source_id', LIMIT.mid1)},
        ${foreign('VoucherType', 'voucher_type', LIMIT.mid2)}, ${foreign('VoucherDescription', 'voucher_description', LIMIT.mid2)},
        ${foreign('TransactionType', 'transaction_type', LIMIT.short)}) else concat(${own.join(', ')}) end`
    : own.join(', ');
  const foreignDates = `concat(${foreign('BatchID', 'batch_id', LIMIT.mid1)},
    '<SystemEntryDate>', coalesce(origin ->> 'system_entry_date', entry_date::text), '</SystemEntryDate><GLPostingDate>',
    coalesce(origin ->> 'gl_posting_date', entry_date::text), '</GLPostingDate>',
    ${element('ModificationDate', `origin ->> 'modification_date'`)}, ${foreign('SystemID', 'system_id', LIMIT.short)})`;
  const ownDates = `concat('<SystemEntryDate>', ${day('created_at')}, '</SystemEntryDate><GLPostingDate>', ${day('posted_at')}, '</GLPostingDate>')`;
  return `concat('<Transaction><TransactionID>', ${transactionId(form)}, '</TransactionID><Period>', period, '</Period><PeriodYear>',
    fiscal_year, '</PeriodYear><TransactionDate>', ${form.imported ? `coalesce(origin ->> 'transaction_date', entry_date::text)` : 'entry_date'}, '</TransactionDate>',
    ${beforeText}, '<Description>', ${entryText()}, '</Description>',
    ${form.imported ? `case when source = 'saf-t' then ${foreignDates} else ${ownDates} end` : ownDates})`;
}

/** A cancellation names the cancelled entry and the reason; an entry without a text is described by its number. */
function entryText(): string {
  const plain = `coalesce(${escaped('memo', LIMIT.long)}, ${escaped(`'Bilag ' || ${voucherNumber()}`, LIMIT.long)})`;
  const cancelled = `(select ${voucherNumber('o.')} from journal_entries o
    where o.client_account_id = journal_entries.client_account_id and o.id = journal_entries.cancels_entry_id)`;
  return `case when cancels_entry_id is null then ${plain}
    else ${escaped(`concat_ws(': ', 'Reverserer ' || ${cancelled}, cancellation_reason, nullif(memo, ''))`, LIMIT.long)} end`;
}

function roleOf(account: string): string {
  return `case when l.business_partner_id is null then 0 when ${account} = any (${setting('customer_accounts', 'text[]')}::text[]) then ${OF_CUSTOMERS}
    when ${account} = any (${setting('supplier_accounts', 'text[]')}::text[]) then ${OF_SUPPLIERS} else ${NO_LEDGER} end`;
}

function keyText({ plainKeys }: EntriesForm, text: string): string {
  return plainKeys ? text : escaped(text, LIMIT.mid2);
}

function origin({ imported }: EntriesForm, field: string, max: number, otherwise: string): string {
  return imported ? `coalesce(${escaped(`(l.origin ->> '${field}')`, max)}, ${otherwise})` : otherwise;
}

/** Data of a file about a line beyond our columns. */
function given(field: string, name: string, max: number): string {
  return `case when l.origin is not null then ${textElement(name, `(l.origin ->> '${field}')`, max)} end`;
}

const IMPORTED_END = `case when l.origin is not null then concat(
      ${element('Quantity', `trim_scale(round((l.origin ->> 'quantity')::numeric, 6))::text`)},
      ${textElement('CrossReference', `(l.origin ->> 'cross_reference')`, LIMIT.mid1)},
      coalesce(${element('SystemEntryTime', `l.origin ->> 'system_entry_time'`)}, e.entered),
      ${textElement('OwnerID', `(l.origin ->> 'owner_id')`, LIMIT.mid1)}) else e.entered end`;

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

function amount(subject: ExportSubject, form: EntriesForm): string {
  const foreign = `case when l.currency_code is not null then ${currency(subject, 'l.currency_code', 'l.currency_amount', 'l.exchange_rate')}
    ${form.imported ? `when l.origin ? 'currency' then ${currencyGiven(subject, `(l.origin -> 'currency')`)}` : ''} end`;
  return `case when l.credit > 0 then concat('<CreditAmount><Amount>', ${kroner('l.credit')}, '</Amount>', ${foreign}, '</CreditAmount>')
    else concat('<DebitAmount><Amount>', ${kroner('l.debit')}, '</Amount>', ${foreign}, '</DebitAmount>') end`;
}

/**
 * VAT is on the base line. A line with import VAT paid to customs is itself the tax amount: its base is on other lines.
 * An unknown amount is written as 0.00.
 */
function tax(subject: ExportSubject, form: EntriesForm): string {
  const base = `case when l.tax_code = any (${setting('import_paid', 'text[]')}::text[]) then null else ${kroner('(l.debit + l.credit)')} end`;
  const side = `case when l.credit > 0 then 'Credit' else 'Debit' end`;
  const plain = `concat('<TaxInformation><TaxType>MVA</TaxType><TaxCode>', ${keyText(form, 'l.tax_code')}, '</TaxCode>',
      ${element('TaxPercentage', 'trim_scale(l.tax_rate)::text')}, '<Country>NO</Country>', ${element('TaxBase', base)},
      '<', ${side}, 'TaxAmount><Amount>', ${kroner('coalesce(l.tax_amount, 0)')}, '</Amount></', ${side}, 'TaxAmount></TaxInformation>')`;
  const isBase = 'l.tax_code is not null and l.base_line_no is null';
  if (!form.imported) return `case when ${isBase} then ${plain} end`;
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
      from jsonb_array_elements(l.origin -> 'tax') with ordinality as t (f, n))
    when ${isBase} then ${plain} end`;
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
