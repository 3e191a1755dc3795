import { absolute, formatPercent } from '../../kernel/money.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { type Chart, findAccount, type Masters, rateOn } from '../masters.ts';
import { isValidOn, vatOfLine } from '../vat/vat-lines.ts';
import type { NewEntry, NewLine } from './new-entry.ts';
import type { PreparedLine } from './prepared-entry.ts';

/** Computes the VAT of a line that carries a code: its base, and the VAT lines, which are added to `lines`. */
export function applyVat(
  line: NewLine,
  taxCode: string,
  path: string,
  input: NewEntry,
  amount: bigint,
  prepared: PreparedLine,
  masters: Masters,
  national: Chart,
  lines: PreparedLine[],
  problems: FieldProblem[],
): void {
  const code = masters.taxCodes.get(taxCode);
  if (!code) {
    problems.push(problem(`${path}.tax_code`, `unknown VAT code ${taxCode}`, `ukjent mva-kode ${taxCode}`));
    return;
  }
  const rate = rateOn(code, input.entryDate);
  if (!isValidOn(code, input.entryDate) || rate === null) {
    problems.push(
      problem(
        `${path}.tax_code`,
        `VAT code ${taxCode} is not valid on ${input.entryDate}`,
        `mva-kode ${taxCode} gjelder ikke ${input.entryDate}`,
      ),
    );
    return;
  }
  const basis = line.amountBasis ?? 'net';
  if (basis === 'gross' && (code.direction === 'reverse' || line.currency)) {
    problems.push(
      problem(
        `${path}.amount_basis`,
        'must be net for reverse charge and foreign currency',
        'må være netto (net) ved omvendt avgiftsplikt og valuta',
      ),
    );
    return;
  }
  if (basis === 'gross' && input.vat === 'given') {
    problems.push(
      problem(
        `${path}.amount_basis`,
        'must be net in an entry with vat "given": its VAT stands on lines of its own',
        'må være netto (net) i et bilag med vat «given»: mva står på egne linjer',
      ),
    );
    return;
  }
  const vat = vatOfLine(code, amount, basis, rate, prepared.account, line.vatAmount);
  prepared.debit = vat.base > 0n ? vat.base : 0n;
  prepared.credit = vat.base < 0n ? -vat.base : 0n;
  prepared.taxCode = taxCode;
  prepared.taxRate = formatPercent(vat.rate);
  prepared.taxDeduction = formatPercent(vat.deduction);
  if (input.vat === 'given') {
    // A VAT line supplied by the caller: it is linked to its base line and calculates nothing.
    prepared.taxAmount = line.baseLineNumber ? null : absolute(vat.taxAmount);
    return;
  }
  prepared.taxAmount = absolute(vat.taxAmount);
  for (const vatLine of vat.lines) {
    const vatAccount = findAccount(masters, national, vatLine.account);
    if (!vatAccount?.isActive) {
      problems.push(
        problem(
          `${path}.tax_code`,
          `VAT account ${vatLine.account} of code ${taxCode} is missing or inactive`,
          `mva-konto ${vatLine.account} for kode ${taxCode} mangler eller er inaktiv`,
        ),
      );
      continue;
    }
    const cost = vatLine.role === 'cost';
    // Field by field, in the order of other lines: all lines have one shape, and a spread is slow.
    lines.push({
      lineNo: lines.length + 1,
      sourceIndex: null,
      account: vatLine.account,
      debit: vatLine.amount > 0n ? vatLine.amount : 0n,
      credit: vatLine.amount < 0n ? -vatLine.amount : 0n,
      dimensionKey: cost ? prepared.dimensionKey : '',
      dimensionSetId: null,
      businessPartnerId: cost ? prepared.businessPartnerId : null,
      taxCode: cost ? null : taxCode,
      taxRate: cost ? null : prepared.taxRate,
      taxDeduction: null,
      taxAmount: null,
      baseLineNo: prepared.lineNo,
      currencyCode: null,
      currencyAmount: null,
      exchangeRate: null,
      dueDate: null,
      paymentReference: null,
      documentReference: prepared.documentReference,
      memo: prepared.memo,
    });
  }
}

/** With `vat` "given", base_line_number counts the caller's lines; no lines were added in between. */
export function tieGivenVat(
  inputs: readonly NewLine[],
  lines: PreparedLine[],
  numberOfInput: number[],
  problems: FieldProblem[],
): void {
  inputs.forEach((input, index) => {
    if (input.baseLineNumber == null) return;
    const path = `lines[${index}].base_line_number`;
    const base = inputs[input.baseLineNumber - 1];
    const line = lines[numberOfInput[index]! - 1];
    if (!base || !base.taxCode || base.baseLineNumber != null || base === input) {
      problems.push(
        problem(
          path,
          'must be the number of a line that carries a VAT code as base',
          'må være nummeret på en linje som har mva-kode som grunnlag',
        ),
      );
    } else if (input.taxCode && input.taxCode !== base.taxCode) {
      problems.push(
        problem(
          `lines[${index}].tax_code`,
          `must be the base line's code ${base.taxCode}`,
          `må være grunnlagslinjens kode ${base.taxCode}`,
        ),
      );
    } else if (line) {
      line.baseLineNo = numberOfInput[input.baseLineNumber - 1]!;
    }
  });
}
