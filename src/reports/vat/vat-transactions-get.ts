import { READERS } from '../../platform/caller.ts';
import type { FieldProblem, Language } from '../../platform/errors.ts';
import { problem } from '../../platform/errors.ts';
import { amountAsNumber } from '../../kernel/money.ts';
import { isLocalDate } from '../../kernel/local-date.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { readKnownAt } from '../figures/known-at.ts';
import { FROM_TO_DATE, requireRange } from '../foundations/report-range.ts';
import type { VatQuestion } from './vat-get.ts';
import { rateNumber } from './vat-json.ts';
import { entryLink } from './vat-links.ts';
import { readVatTransactions, type TransactionKey, type VatTransaction } from './vat-transactions.ts';

export interface TransactionsQuestion extends VatQuestion {
  taxCode: string | null;
  after: TransactionKey | null;
  size: number;
}

export interface TransactionsPage {
  transactions: VatTransaction[];
  next: TransactionKey | null;
}

/** The transactions of the VAT report, by the day of their VAT; paged by key. */
export const getVatTransactions = readOperation({
  name: 'report.vat-transactions',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId, now }, question: TransactionsQuestion): Promise<TransactionsPage> {
    const { range, asOf, taxCode, after, size } = question;
    requireRange(range, FROM_TO_DATE);
    const known = await readKnownAt(tx, clientAccountId, asOf, now);
    const found = await readVatTransactions(tx, { clientAccountId, range, taxCode, after, size: size + 1, known });
    const transactions = found.slice(0, size);
    return { transactions, next: found.length > size ? transactions.at(-1)! : null };
  },
});

/** `2025-02-15,4294967297,1`: the last line of the page before. */
export function readTransactionKey(text: string | undefined): { key: TransactionKey | null; problems: FieldProblem[] } {
  if (text === undefined) return { key: null, problems: [] };
  const [, vatDate, entryId, lineNo] = /^(\d{4}-\d\d-\d\d),(\d{1,16}),(\d{1,5})$/.exec(text) ?? [];
  if (vatDate && isLocalDate(vatDate) && Number.isSafeInteger(Number(entryId)))
    return { key: { vatDate, entryId: Number(entryId), lineNo: Number(lineNo) }, problems: [] };
  return {
    key: null,
    problems: [problem('after', 'must be the `next` of an earlier page', 'må være `next` fra en tidligere side')],
  };
}

export const TransactionsView = strict({
  data: Type.Array(
    strict({
      id: Id,
      line_id: Type.Integer(),
      series: Type.String(),
      fiscal_year: Type.Integer(),
      sequence_number: Type.Integer(),
      entry_date: DateText,
      vat_date: Type.String({ format: 'date', description: 'The day its VAT belongs to: earlier for a late entry' }),
      memo: Type.String(),
      account_code: Type.String(),
      tax_code: Type.String(),
      tax_rate: nullable(Type.Number()),
      base_amount: Type.Number({ description: 'credit − debit' }),
      tax_amount: Type.Number({ description: 'Base × rate × deduction, credit − debit: output VAT positive' }),
      acquisition_tax_amount: Type.Number({ description: 'Calculated output VAT of reverse charge and import' }),
      posted_tax_amount: nullable(
        Type.Number({ description: 'Its VAT lines, credit − debit; null: it has none of its own' }),
      ),
      tax_account_codes: Type.Array(Type.String()),
      links: strict({ entry: Type.String() }),
    }),
  ),
  next: nullable(Type.String({ description: 'For `after`; null on the last page' })),
});
export type TransactionsView = Static<typeof TransactionsView>;

export function transactionsView({ transactions, next }: TransactionsPage, _language: Language): TransactionsView {
  return {
    data: transactions.map((line) => ({
      id: line.entryId,
      line_id: line.lineNo,
      series: line.series,
      fiscal_year: line.fiscalYear,
      sequence_number: line.number,
      entry_date: line.date,
      vat_date: line.vatDate,
      memo: line.memo,
      account_code: line.account,
      tax_code: line.taxCode,
      tax_rate: line.rate === null ? null : rateNumber(line.rate),
      base_amount: amountAsNumber(line.base),
      tax_amount: amountAsNumber(line.calculated),
      acquisition_tax_amount: amountAsNumber(line.calculatedAcquisition),
      posted_tax_amount: line.posted === null ? null : amountAsNumber(line.posted),
      tax_account_codes: line.vatAccounts,
      links: { entry: entryLink(line.entryId) },
    })),
    next: next && `${next.vatDate},${next.entryId},${next.lineNo}`,
  };
}
