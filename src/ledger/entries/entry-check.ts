import { isLocalDate, type LocalDate, yearOf } from '../../kernel/local-date.ts';
import {
  divideRounded,
  formatAmount,
  formatPercent,
  MAX_AMOUNT,
  MAX_ENTRY_TOTAL,
  type Ore,
} from '../../kernel/money.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { decimalText } from './entry-reading.ts';
import { type Chart, findAccount, type Masters, type PostingAccount, rateOn } from '../masters.ts';
import { CURRENCY_DECIMALS, type CurrencyAmount, type NewEntry, type NewLine, RATE_DECIMALS } from './new-entry.ts';
import { isValidOn, vatOfLine } from '../vat/vat-lines.ts';

/** A line as it will be stored. Amounts in øre, one of debit and credit zero. */
export interface PreparedLine {
  lineNo: number;
  /** Index of the input line it came from; null for computed lines. */
  sourceIndex: number | null;
  account: string;
  debit: Ore;
  credit: Ore;
  /** `type:id,...` sorted; empty for none. */
  dimensionKey: string;
  dimensionSetId: number | null;
  businessPartnerId: number | null;
  taxCode: string | null;
  taxRate: string | null;
  taxDeduction: string | null;
  taxAmount: Ore | null;
  baseLineNo: number | null;
  currencyCode: string | null;
  currencyAmount: string | null;
  exchangeRate: string | null;
  dueDate: LocalDate | null;
  paymentReference: string | null;
  documentReference: string | null;
  memo: string | null;
}

/** An entry that has passed all rules; from here it must succeed. */
export interface PreparedEntry {
  entryDate: LocalDate;
  series: string;
  fiscalYear: number;
  period: number;
  memo: string;
  source: string;
  voucherId: number | null;
  relationType: string | null;
  relationId: number | null;
  documentReference: string | null;
  /** A day of the VAT term that a late entry's VAT belongs to; null means the term of the entry date. */
  vatTerm: LocalDate | null;
  cancelsEntryId: number | null;
  cancellationReason: string | null;
  total: Ore;
  lines: PreparedLine[];
}

export const DEFAULT_SERIES = 'GL';

export type Checked =
  | { entry: PreparedEntry; problems?: undefined }
  | { entry?: undefined; problems: FieldProblem[]; totals?: Totals };

export interface Totals {
  debit: Ore;
  credit: Ore;
}

/**
 * Checks every rule of an entry that can be decided from the entry and the masters. Reports all faults at once,
 * including those found while reading.
 */
export function checkEntry(input: NewEntry, masters: Masters, national: Chart, source: string): Checked {
  if (!isLocalDate(input.entryDate) || yearOf(input.entryDate) < 1970 || yearOf(input.entryDate) > 2199) {
    return {
      problems: [
        problem(
          'entry_date',
          'must be an existing date from 1970 to 2199',
          'må være en dato som finnes, fra 1970 til 2199',
        ),
      ],
    };
  }
  const problems: FieldProblem[] = input.faults ? [...input.faults] : [];
  const lines: PreparedLine[] = [];
  const numberOfInput: number[] = [];
  input.lines.forEach((line, index) => {
    numberOfInput[index] = lines.length + 1;
    prepareLine(line, index, input, masters, national, lines, problems);
  });
  checkVatTerm(input, problems);
  if (input.vat === 'given') tieGivenVat(input.lines, lines, numberOfInput, problems);
  if (problems.length > 0) return { problems };
  const totals = { debit: sum(lines, 'debit'), credit: sum(lines, 'credit') };
  if (totals.debit !== totals.credit) return { problems: [], totals };
  if (totals.debit > MAX_ENTRY_TOTAL) {
    const limit = formatAmount(MAX_ENTRY_TOTAL);
    return { problems: [problem('lines', `may be ${limit} in all at most`, `kan være høyst ${limit} til sammen`)] };
  }
  return {
    entry: {
      entryDate: input.entryDate,
      series: input.series ?? DEFAULT_SERIES,
      ...masters.fiscalCalendar.periodOf(input.entryDate),
      memo: input.memo ?? '',
      source,
      voucherId: input.voucherId ?? null,
      relationType: input.relationType ?? null,
      relationId: input.relationId ?? null,
      documentReference: input.documentReference ?? null,
      vatTerm: input.vatTerm ?? null,
      cancelsEntryId: null,
      cancellationReason: null,
      total: totals.debit,
      lines,
    },
  };
}

/** A late entry belongs to a term before its date; its own term needs no mark. */
function checkVatTerm({ entryDate: date, vatTerm: term }: NewEntry, problems: FieldProblem[]): void {
  if (term == null || (isLocalDate(term) && yearOf(term) >= 1970 && term <= date)) return;
  problems.push(
    problem(
      'vat_term',
      `must be a date from 1970 on and not after entry_date ${date}`,
      `må være en dato fra 1970 og ikke etter entry_date ${date}`,
    ),
  );
}

function sum(lines: readonly PreparedLine[], side: 'debit' | 'credit'): Ore {
  let total = 0n;
  for (const line of lines) total += line[side];
  return total;
}

function prepareLine(
  line: NewLine,
  index: number,
  input: NewEntry,
  masters: Masters,
  national: Chart,
  lines: PreparedLine[],
  problems: FieldProblem[],
): void {
  const path = `lines[${index}]`;
  const account = accountOf(line, path, masters, national, problems);
  const amount = amountOf(line, input.lines, path, problems);
  const dimensionKey = dimensionsOf(line, path, account, problems);
  if (line.dueDate != null && !isLocalDate(line.dueDate))
    problems.push(problem(`${path}.due_date`, 'must be an existing date', 'må være en dato som finnes'));
  if (!account || amount === null) return;
  const currency = line.currency ?? null;
  const prepared: PreparedLine = {
    lineNo: lines.length + 1,
    sourceIndex: index,
    account: account.code,
    debit: amount > 0n ? amount : 0n,
    credit: amount < 0n ? -amount : 0n,
    dimensionKey,
    dimensionSetId: null,
    businessPartnerId: partnerOf(line),
    taxCode: null,
    taxRate: null,
    taxDeduction: null,
    taxAmount: null,
    baseLineNo: null,
    currencyCode: currency && currency.code,
    currencyAmount: currency && decimalText(currency.amount, CURRENCY_DECIMALS),
    exchangeRate: currency && decimalText(currency.rate, RATE_DECIMALS),
    dueDate: line.dueDate ?? null,
    paymentReference: line.paymentReference ?? null,
    documentReference: line.documentReference ?? null,
    memo: line.memo ?? null,
  };
  lines.push(prepared);
  if (line.baseLineNumber != null && input.vat !== 'given') {
    problems.push(
      problem(`${path}.base_line_number`, 'is for entries with vat "given" only', 'er bare for bilag med vat «given»'),
    );
  }
  if (line.taxCode) applyVat(line, line.taxCode, path, input, amount, prepared, masters, national, lines, problems);
}

function applyVat(
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
    lines.push({
      ...prepared,
      lineNo: lines.length + 1,
      sourceIndex: null,
      account: vatLine.account,
      debit: vatLine.amount > 0n ? vatLine.amount : 0n,
      credit: vatLine.amount < 0n ? -vatLine.amount : 0n,
      dimensionKey: cost ? prepared.dimensionKey : '',
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
    });
  }
}

function absolute(amount: bigint): Ore {
  return amount < 0n ? -amount : amount;
}

/** With `vat` "given", base_line_number counts the caller's lines; no lines were added in between. */
function tieGivenVat(
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

function accountOf(
  { account: asked }: NewLine,
  path: string,
  masters: Masters,
  national: Chart,
  problems: FieldProblem[],
): PostingAccount | undefined {
  if (asked === null) return undefined;
  const isCode = typeof asked === 'string';
  const account = isCode ? findAccount(masters, national, asked) : accountById(asked, masters, national);
  const field = isCode ? 'account_code' : 'account_id';
  if (!account) problems.push(problem(`${path}.${field}`, `unknown account ${asked}`, `ukjent konto ${asked}`));
  else if (!account.isActive)
    problems.push(
      problem(`${path}.${field}`, `account ${account.code} is inactive`, `konto ${account.code} er inaktiv`),
    );
  else return account;
  return undefined;
}

function accountById(id: number, masters: Masters, national: Chart): PostingAccount | undefined {
  // The id of a national account is its number, so only the client account's own accounts need a search.
  const byNumber = findAccount(masters, national, String(id));
  if (byNumber?.id === id) return byNumber;
  for (const account of masters.own.values()) if (account.id === id) return account;
  return undefined;
}

/** The amount, or null where it could not be read or breaks a rule. */
function amountOf(line: NewLine, lines: readonly NewLine[], path: string, problems: FieldProblem[]): Ore | null {
  const { amount, currency } = line;
  if (amount === null) return null;
  const before = problems.length;
  if (amount === 0n)
    problems.push(problem(path, 'needs a debit or credit above zero', 'må ha debet eller kredit større enn null'));
  else if (absolute(amount) > MAX_AMOUNT) {
    const limit = formatAmount(MAX_AMOUNT);
    problems.push(problem(path, `may be ${limit} at most`, `kan være høyst ${limit}`));
  }
  if (currency) checkCurrency(currency, absolute(amount), roundingOf(line, lines), path, problems);
  return problems.length > before ? null : amount;
}

/**
 * Amount × rate must give the amount in kroner. Allowed difference: the precision of a rate with six decimals, plus the
 * rounding of the entry's lines, each rounded separately.
 */
function checkCurrency(
  { amount: foreign, rate }: CurrencyAmount,
  amount: Ore,
  rounding: Ore,
  path: string,
  problems: FieldProblem[],
) {
  const expected = divideRounded(foreign * rate, ORE_OF_CURRENCY);
  const tolerance = rounding + divideRounded(foreign, 10n ** BigInt(CURRENCY_DECIMALS + 2));
  if (absolute(expected - amount) > tolerance) {
    problems.push(
      problem(
        `${path}.currency_amount`,
        `currency_amount × exchange_rate is ${formatAmount(expected)}, the line says ${formatAmount(amount)}`,
        `currency_amount × exchange_rate er ${formatAmount(expected)}, linjen sier ${formatAmount(amount)}`,
      ),
    );
  }
}

/**
 * Half an øre for each line and VAT line of the entry. A line without a VAT code, whose amount includes the VAT of the
 * others, also gets half a hundredth of the currency for each of them, because VAT in kroner is computed from kroner.
 */
function roundingOf({ taxCode, currency }: NewLine, lines: readonly NewLine[]): Ore {
  const taxed = BigInt(lines.filter((line) => line.taxCode).length);
  const halves = BigInt(lines.length) + taxed;
  const hundredths = taxCode ? 0n : divideRounded(taxed * currency!.rate, 2n * 10n ** BigInt(RATE_DECIMALS));
  return (halves + 1n) / 2n + hundredths;
}

/** Converts a currency amount times a rate to øre. */
const ORE_OF_CURRENCY = 10n ** BigInt(CURRENCY_DECIMALS + RATE_DECIMALS - 2);

function partnerOf(line: NewLine): number | null {
  return line.businessPartnerId ?? line.dimensions?.find(({ type }) => type === 'business_partner')?.id ?? null;
}

/**
 * Key of the line's dimension set. A business partner counts as a dimension here, so that balances are kept per
 * partner.
 */
function dimensionsOf(
  line: NewLine,
  path: string,
  account: PostingAccount | undefined,
  problems: FieldProblem[],
): string {
  const partner = partnerOf(line);
  if (!line.dimensions?.length && partner == null) {
    if (account && !line.lacksDimensions && account.mandatoryDimensions.length > 0)
      missingDimensions(account, new Set(), path, problems);
    return '';
  }
  const members = new Map<string, number>();
  if (partner != null) members.set('business_partner', partner);
  for (const [i, dimension] of (line.dimensions ?? []).entries()) {
    const known = members.get(dimension.type);
    if (known !== undefined && known !== dimension.id) {
      problems.push(
        problem(
          `${path}.dimensions[${i}]`,
          `a second ${dimension.type} on one line`,
          `enda en ${dimension.type} på samme linje`,
        ),
      );
    }
    members.set(dimension.type, dimension.id);
  }
  if (account && !line.lacksDimensions) missingDimensions(account, members, path, problems);
  return dimensionKey(members);
}

export function dimensionKey(members: ReadonlyMap<string, number>): string {
  return [...members]
    .map(([type, id]) => `${type}:${id}`)
    .sort()
    .join(',');
}

function missingDimensions(
  account: PostingAccount,
  members: { has(type: string): boolean },
  path: string,
  problems: FieldProblem[],
): void {
  for (const type of account.mandatoryDimensions) {
    if (members.has(type)) continue;
    const field = type === 'business_partner' ? 'business_partner_id' : 'dimensions';
    problems.push(
      problem(
        `${path}.${field}`,
        `account ${account.code} demands a ${type}`,
        `konto ${account.code} krever dimensjonen ${type}`,
      ),
    );
  }
}
