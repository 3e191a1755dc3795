import { assert } from '../../kernel/assert.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, parsePercent } from '../../kernel/money.ts';
import { STANDARD_TAX_CODES, vatOfLine, type VatOfLine } from '../../ledger/index.ts';

const codes = new Map(
  STANDARD_TAX_CODES.map((code) => [
    code.code,
    {
      code: code.code,
      standardCode: code.code,
      direction: code.direction,
      outputAccount: code.output ?? null,
      deductionAccount: code.deduction ?? null,
      deduction: parsePercent(code.deductible || code.direction !== 'reverse' ? '100' : '0'),
      isImportPaid: code.importPaid ?? false,
      activeFrom: '1970-01-01',
      activeTo: null,
      rates: code.rates.map(({ from, to, rate }) => ({ from, to, rate: parsePercent(rate) })),
    },
  ]),
);

/** The VAT of a line under a standard code, as the ledger will compute it. */
export function standardVatOfLine(
  taxCode: string,
  account: string,
  amount: Ore,
  basis: 'net' | 'gross',
  date: LocalDate,
): VatOfLine {
  const code = codes.get(taxCode);
  const rate = code?.rates.find(({ from, to }) => from <= date && (to === null || date <= to));
  assert(code && rate, `VAT code ${taxCode} has a rate on ${date}`);
  return vatOfLine(code, amount, basis, rate.rate, account);
}
