import { amountAsNumber } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { nullable, strict, type Static, Type } from '../../platform/http/schema.ts';
import { entriesLink } from '../foundations/report-links.ts';
import type { GeneralLedgerPage } from './general-ledger-get.ts';
import type { LedgerLine } from './ledger-line.ts';
import type { LedgerRow } from './ledger-rows.ts';
import type { Section } from './sections.ts';

const NText = (description: string) => nullable(Type.String({ description }));
const NAmount = (description: string) => nullable(Type.Number({ description }));

export const GeneralLedgerView = strict({
  rows: Type.Array(
    strict({
      kind: Type.Enum(['opening', 'line', 'draft', 'closing', 'total'], {
        description:
          'opening: the balance before the lines that follow. line: a posted line. draft: a line of a draft, after the posted ones. ' +
          'closing: the balance after them, with the sums of debit and credit. An income or expense account begins every fiscal year ' +
          'at zero: over several years it has an opening, lines and a closing for each, and a total for the range, which is the row of the trial balance',
      }),
      account_code: Type.String(),
      account_name: Type.String({ description: 'As the account was named on end_date' }),
      date: Type.String({
        description: 'Of the entry; of opening and closing rows the first and last day they are about',
      }),
      entry_id: nullable(Type.Integer({ description: 'The journal entry, or the draft' })),
      entry_number: NText('Series, number and fiscal year: GL 12/2025; null for a draft'),
      text: NText('Of the line, otherwise of the entry'),
      tax_code: NText('VAT code'),
      tax_amount: NAmount('VAT that the line caused'),
      business_partner_id: nullable(Type.Integer({ description: 'The customer, supplier or other counterparty' })),
      business_partner_name: nullable(Type.String()),
      dimensions: Type.Array(strict({ type: Type.String(), id: Type.Integer(), name: Type.String() })),
      document_reference: NText('The document that the line or entry refers to, such as an invoice number'),
      voucher_id: nullable(Type.Integer({ description: 'The document itself' })),
      debit: Type.Number({ description: 'Of closing and total rows the sum; 0 in opening rows' }),
      credit: Type.Number(),
      amount: Type.Number({ description: 'debit − credit' }),
      balance: Type.Number({ description: 'Debit − credit after the row, whatever page it is on' }),
      links: strict({
        entry: NText('The journal entry'),
        voucher: NText('The voucher, with its file'),
        lines: NText('The entries behind an opening, closing or total row'),
      }),
    }),
  ),
  totals: strict(
    { opening_balance: Type.Number(), debit: Type.Number(), credit: Type.Number(), closing_balance: Type.Number() },
    { description: 'Of all accounts on all pages' },
  ),
  meta: strict(
    { page: Type.Integer(), pages: Type.Integer(), per_page: Type.Integer(), records: Type.Integer() },
    { description: 'The pages one after the other are the whole report; every row is a record' },
  ),
});
export type GeneralLedgerView = Static<typeof GeneralLedgerView>;
type RowView = GeneralLedgerView['rows'][number];

export function generalLedgerView(report: GeneralLedgerPage, language: Language): GeneralLedgerView {
  const { rows, records, page, perPage, totals } = report;
  return {
    rows: rows.map((row) => rowView(row, report, language)),
    totals: {
      opening_balance: amountAsNumber(totals.opening),
      debit: amountAsNumber(totals.debit),
      credit: amountAsNumber(totals.credit),
      closing_balance: amountAsNumber(totals.closing),
    },
    meta: { page, pages: Math.max(1, Math.ceil(records / perPage)), per_page: perPage, records },
  };
}

/** `GL 12/2025` */
export function entryNumberText({ series, sequenceNumber, fiscalYear }: NonNullable<LedgerLine['number']>): string {
  return `${series} ${sequenceNumber}/${fiscalYear}`;
}

function rowView(row: LedgerRow, report: GeneralLedgerPage, language: Language): RowView {
  return 'line' in row ? lineView(row.section, row.line, language) : balanceView(row, report, language);
}

function lineView({ account }: Section, line: LedgerLine, language: Language): RowView {
  return {
    kind: line.kind,
    account_code: account.code,
    account_name: account.name[language],
    date: line.date,
    entry_id: line.entryId,
    entry_number: line.number && entryNumberText(line.number),
    text: line.text,
    tax_code: line.taxCode,
    tax_amount: line.taxAmount === null ? null : amountAsNumber(line.taxAmount),
    business_partner_id: line.partner?.id ?? null,
    business_partner_name: line.partner?.name ?? null,
    dimensions: line.dimensions.map(({ type, id, name }) => ({ type, id, name })),
    document_reference: line.documentReference,
    voucher_id: line.voucherId,
    debit: amountAsNumber(line.debit),
    credit: amountAsNumber(line.credit),
    amount: amountAsNumber(line.debit - line.credit),
    balance: amountAsNumber(line.balance),
    links: {
      entry: `/api/v2/journal-entries/${line.entryId}`,
      voucher: line.voucherId === null ? null : `/api/v2/vouchers/${line.voucherId}`,
      lines: null,
    },
  };
}

function balanceView(
  { section, kind }: Exclude<LedgerRow, { line: LedgerLine }>,
  { clientAccountId, range }: GeneralLedgerPage,
  language: Language,
): RowView {
  const { account, from, to } = section;
  const { opening, debit, credit, closing } = kind === 'total' ? section.total! : section;
  const isOpening = kind === 'opening';
  const days = kind === 'total' ? range : { from, to };
  return {
    kind,
    account_code: account.code,
    account_name: account.name[language],
    date: isOpening ? from : to,
    entry_id: null,
    entry_number: null,
    text: null,
    tax_code: null,
    tax_amount: null,
    business_partner_id: null,
    business_partner_name: null,
    dimensions: [],
    document_reference: null,
    voucher_id: null,
    debit: isOpening ? 0 : amountAsNumber(debit),
    credit: isOpening ? 0 : amountAsNumber(credit),
    amount: isOpening ? 0 : amountAsNumber(debit - credit),
    balance: amountAsNumber(isOpening ? opening : closing),
    links: { entry: null, voucher: null, lines: entriesLink({ clientAccountId, range: days }, account.code) },
  };
}
