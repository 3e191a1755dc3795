import { isLocalDate } from '../../kernel/local-date.ts';
import { absolute, divideRounded, formatAmount, MAX_AMOUNT, type Ore } from '../../kernel/money.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { type Chart, findAccount, type Masters, type PostingAccount } from '../masters.ts';
import { decimalText } from './entry-reading.ts';
import { applyVat } from './line-vat.ts';
import { CURRENCY_DECIMALS, type CurrencyAmount, type NewEntry, type NewLine, RATE_DECIMALS } from './new-entry.ts';
import type { PreparedLine } from './prepared-entry.ts';

/** Checks a line, and adds it and its VAT lines to `lines`. */
export function prepareLine(
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
  if (!line.dimensions?.length && account?.mandatoryDimensions.length === 0)
    return memberKey('business_partner', partner!);
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
    .map(([type, id]) => memberKey(type, id))
    .sort()
    .join(',');
}

function memberKey(type: string, id: number): string {
  return `${type}:${id}`;
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
