import { amountAsNumber, formatPercent, type Ore, type Percent } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { entriesLink } from '../foundations/report-links.ts';
import { discrepancyNote } from './vat-discrepancies.ts';
import type { VatReport } from './vat-get.ts';
import { entryLink, transactionsLink } from './vat-links.ts';
import { isVatAccount, type Sides, type VatRow } from './vat-report.ts';
import type { VatNote } from './vat-sums.ts';

const Amount = (description: string) => Type.Number({ description });

export const VatRowView = strict({
  tax_code: strict({
    code: Type.String(),
    description: Type.String(),
    tax_rate: Type.Number({ description: 'Percent. A code with two rates in the range has two rows' }),
    category: nullable(Type.Enum(['input', 'output'])),
  }),
  base_debit_amount: Amount('Lines that carry the code as base; of codes 14 and 15 the VAT ÷ the rate'),
  base_credit_amount: Type.Number(),
  tax_debit_amount: Amount(
    'Calculated: base × rate × deduction; of reverse charge deduction and output VAT on their sides',
  ),
  tax_credit_amount: Type.Number(),
  posted_tax_debit_amount: Amount('VAT lines of these base lines on the VAT accounts'),
  posted_tax_credit_amount: Type.Number(),
  reconciliation_debit_amount: Amount("Everything else on the code's VAT accounts: settlements, opening, corrections"),
  reconciliation_credit_amount: Type.Number(),
  reportable_tax_amount: Amount('As the VAT return has it: output VAT positive, deduction negative'),
  reportable_acquisition_tax_amount: Amount('Calculated output VAT of reverse charge and import, positive'),
  discrepancy_note: nullable(Type.String()),
  links: strict({
    transactions: Type.String({ description: 'The transactions of the code with base and tax' }),
    accounts: Type.Array(strict({ account_code: Type.String(), entries: Type.String() })),
  }),
});

const NumberedEntry = {
  id: Id,
  series: Type.String(),
  fiscal_year: Type.Integer(),
  sequence_number: Type.Integer(),
  entry_date: DateText,
};

export const VatView = strict({
  rows: Type.Array(VatRowView),
  totals: strict({
    reportable_tax_amount: Type.Number(),
    reportable_acquisition_tax_amount: Type.Number(),
    vat_payable: Amount('Sum of both; positive: to be paid, negative: refunded'),
  }),
  accounts: Type.Array(
    strict({
      account_code: Type.String(),
      account_name: Type.String(),
      tax_code: nullable(Type.String({ description: 'The code that it belongs to, of those that were ever used' })),
      debit: Type.Number(),
      credit: Type.Number(),
      posted_tax_debit_amount: Type.Number(),
      posted_tax_credit_amount: Type.Number(),
      reconciliation_debit_amount: Type.Number(),
      reconciliation_credit_amount: Type.Number(),
      links: strict({ entries: Type.String() }),
    }),
    { description: 'Every VAT account: what moved it, and how much of that is VAT of base lines' },
  ),
  closing_check: strict({
    movement: Amount('Debit − credit of the accounts 2700–2739'),
    posted: Amount('Debit − credit of the posted tax of all codes'),
    reconciliation: Amount('Debit − credit of the reconciliation of all codes'),
    unassigned: Amount('Debit − credit of VAT accounts that belong to no code in use, such as 2720 and 2730'),
    outside: Amount('Of these, on accounts of VAT codes that are not among 2700–2739'),
    difference: Amount('posted + reconciliation + unassigned − outside − movement: zero'),
  }),
  discrepancies: Type.Array(
    strict({
      tax_code: nullable(Type.String({ description: 'Null: of a VAT account whose codes were never used' })),
      kind: Type.Enum(['difference', 'missing_vat', 'vat_without_base', 'loose', 'rate', 'sign']),
      text: Type.String(),
      entry_ids: Type.Array(Id),
    }),
  ),
  differences: Type.Array(
    strict({
      ...NumberedEntry,
      tax_codes: Type.Array(Type.String()),
      base: Amount('credit − debit'),
      calculated: Amount('credit − debit'),
      posted: Amount('credit − debit'),
      links: strict({ entry: Type.String() }),
    }),
    { description: 'Every entry whose VAT lines differ from base × rate by more than the rounding, small ones too' },
  ),
  reconciling_entries: Type.Array(
    strict({
      ...NumberedEntry,
      kind: Type.Enum(['settlement', 'opening', 'loose']),
      account_code: Type.String(),
      debit: Type.Number(),
      credit: Type.Number(),
      links: strict({ entry: Type.String() }),
    }),
    { description: 'What else moved the VAT accounts, by entry and account' },
  ),
  late_entries: Type.Array(strict({ ...NumberedEntry, vat_term: DateText, links: strict({ entry: Type.String() }) }), {
    description: 'Dated in another period than the one their VAT belongs to',
  }),
  has_more: Type.Boolean({ description: 'There are more differences and reconciling entries than are listed' }),
});
export type VatView = Static<typeof VatView>;

export function vatView(report: VatReport, language: Language): VatView {
  const { rows, accounts, notes } = report;
  const sum = (of: (row: VatRow) => Ore) => rows.reduce((total, row) => total + of(row), 0n);
  const [main, acquisition] = [sum((row) => row.reportable), sum((row) => row.reportableAcquisition)];
  return {
    rows: vatRows(report, language),
    totals: {
      reportable_tax_amount: amountAsNumber(main),
      reportable_acquisition_tax_amount: amountAsNumber(acquisition),
      vat_payable: amountAsNumber(main + acquisition),
    },
    accounts: accounts.map(({ account, moved, posted, reconciliation, code }) => ({
      account_code: account,
      account_name: report.chart(account).name[language],
      tax_code: code,
      debit: amountAsNumber(moved.debit),
      credit: amountAsNumber(moved.credit),
      posted_tax_debit_amount: amountAsNumber(posted.debit),
      posted_tax_credit_amount: amountAsNumber(posted.credit),
      reconciliation_debit_amount: amountAsNumber(reconciliation.debit),
      reconciliation_credit_amount: amountAsNumber(reconciliation.credit),
      links: { entries: entriesLink(report, account) },
    })),
    closing_check: closingView(report),
    discrepancies: report.discrepancies.map(({ row, kind, text, notes: about }) => ({
      tax_code: row?.code.code ?? null,
      kind,
      text: text[language],
      entry_ids: about.map(({ entryId }) => entryId),
    })),
    differences: notes
      .filter(({ kind }) => kind === 'difference')
      .map((note) => ({
        ...numbered(note),
        tax_codes: [...note.codes],
        base: creditLessDebit(note.base),
        calculated: creditLessDebit(note.expected),
        posted: creditLessDebit(note.posted),
        links: { entry: entryLink(note.entryId) },
      })),
    reconciling_entries: notes.flatMap((note) =>
      note.kind === 'difference'
        ? []
        : [
            {
              ...numbered(note),
              kind: note.kind,
              account_code: note.account!,
              debit: amountAsNumber(note.posted.debit),
              credit: amountAsNumber(note.posted.credit),
              links: { entry: entryLink(note.entryId) },
            },
          ],
    ),
    late_entries: report.lateEntries.map((late) => ({
      ...numbered(late),
      vat_term: late.vatTerm,
      links: { entry: entryLink(late.entryId) },
    })),
    has_more: report.hasMoreNotes,
  };
}

/** Only the rows, with exactly the fields of the specification and `links`. */
export function vatRows(report: VatReport, language: Language): VatView['rows'] {
  return report.rows.map((row) => ({
    tax_code: {
      code: row.code.code,
      description: row.code.name[language],
      tax_rate: rateNumber(row.rate),
      category: row.code.category,
    },
    base_debit_amount: amountAsNumber(row.base.debit),
    base_credit_amount: amountAsNumber(row.base.credit),
    tax_debit_amount: amountAsNumber(row.tax.debit),
    tax_credit_amount: amountAsNumber(row.tax.credit),
    posted_tax_debit_amount: amountAsNumber(row.posted.debit),
    posted_tax_credit_amount: amountAsNumber(row.posted.credit),
    reconciliation_debit_amount: amountAsNumber(row.reconciliation.debit),
    reconciliation_credit_amount: amountAsNumber(row.reconciliation.credit),
    reportable_tax_amount: amountAsNumber(row.reportable),
    reportable_acquisition_tax_amount: amountAsNumber(row.reportableAcquisition),
    discrepancy_note: discrepancyNote(report.discrepancies, row, language),
    links: {
      transactions: transactionsLink(report, row.code.code),
      accounts: linkedAccounts(report, row).map((account) => ({
        account_code: account,
        entries: entriesLink(report, account),
      })),
    },
  }));
}

/** The VAT accounts of the code with movements, and those of its base. */
function linkedAccounts({ accounts }: VatReport, { code, baseAccounts }: VatRow): string[] {
  const moved = accounts
    .map(({ account }) => account)
    .filter((account) => account === code.outputAccount || account === code.deductionAccount);
  return [...new Set([...baseAccounts, ...moved])].sort();
}

export interface ClosingCheck {
  movement: Ore;
  posted: Ore;
  reconciliation: Ore;
  unassigned: Ore;
  outside: Ore;
}

/**
 * Compares rows with accounts: posted + reconciliation over all codes equals the movement of the accounts 2700–2739.
 * Debit − credit.
 */
export function closingCheck({ rows, accounts }: Pick<VatReport, 'rows' | 'accounts'>): ClosingCheck {
  const balance = ({ debit, credit }: Sides) => debit - credit;
  const total = (amounts: Ore[]) => amounts.reduce((a, b) => a + b, 0n);
  return {
    movement: total(accounts.filter(({ account }) => isVatAccount(account)).map(({ moved }) => balance(moved))),
    posted: total(rows.map(({ posted }) => balance(posted))),
    reconciliation: total(rows.map(({ reconciliation }) => balance(reconciliation))),
    unassigned: total(accounts.map(({ unassigned }) => balance(unassigned))),
    outside: total(accounts.filter(({ account }) => !isVatAccount(account)).map(({ moved }) => balance(moved))),
  };
}

function closingView(report: VatReport): VatView['closing_check'] {
  const { movement, posted, reconciliation, unassigned, outside } = closingCheck(report);
  return {
    movement: amountAsNumber(movement),
    posted: amountAsNumber(posted),
    reconciliation: amountAsNumber(reconciliation),
    unassigned: amountAsNumber(unassigned),
    outside: amountAsNumber(outside),
    difference: amountAsNumber(posted + reconciliation + unassigned - outside - movement),
  };
}

export function rateNumber(rate: Percent): number {
  return Number(formatPercent(rate));
}

function creditLessDebit({ debit, credit }: Sides): number {
  return amountAsNumber(credit - debit);
}

function numbered(entry: Pick<VatNote, 'entryId' | 'series' | 'fiscalYear' | 'number' | 'date'>) {
  return {
    id: entry.entryId,
    series: entry.series,
    fiscal_year: entry.fiscalYear,
    sequence_number: entry.number,
    entry_date: entry.date,
  };
}
