import { LONGEST_FISCAL_YEAR } from '../../kernel/fiscal-year.ts';
import { type LocalDate, yearOf } from '../../kernel/local-date.ts';
import {
  formatAmount,
  isAtMost,
  MAX_AMOUNT,
  MAX_CURRENCY_UNITS,
  MAX_ENTRY_TOTAL,
  MAX_RATE,
  type Ore,
} from '../../kernel/money.ts';
import {
  analysisKey,
  type AuditBook,
  type BookAccount,
  type BookParty,
  type BookTaxCode,
  type CheckedLine,
  type CheckedTransaction,
  transactionKey,
} from '../audit-file/audit-book.ts';
import type { Line, Money, TaxInformation, Transaction } from '../audit-file/audit-records.ts';
import { makeAnalysis, makeOwner, makeParty, makeTaxCode } from '../books/made-masters.ts';
import { parseSignedAmount } from '../read-value.ts';
import { AS_WRITTEN, hasNegative, moneyOf, noteWritten, readSigns, type Reading } from '../signs.ts';
import type { FaultList } from './fault.ts';

/** Kroner that tax may differ from base times rate before it is reported. */
const TAX_TOLERANCE: Ore = 100n;
const ATTO_IN_ORE = 10n ** 16n;
/** 10^-18, times a hundred for percent. */
const ATTO_IN_PERCENT = 10n ** 20n;

/** Checks every rule of one voucher and adds its movements to the book. Null if it has no lines or an unusable one. */
export function checkTransaction(
  transaction: Transaction,
  book: AuditBook,
  faults: FaultList,
): CheckedTransaction | null {
  const errorsBefore = faults.errorCount;
  book.transactionCount++;
  const when = checkTime(transaction, book, faults);
  if (transaction.lines.length === 0) return tellEmpty(transaction, book, faults);
  if (when) checkIdentity(transaction, when.fiscalYear, book, faults);
  checkRecordIds(transaction, faults);
  const reading = hasNegative(transaction.lines) ? readSigns(transaction.lines, book) : AS_WRITTEN;
  const lines: CheckedLine[] = [];
  let debit = 0n;
  let credit = 0n;
  for (const line of transaction.lines) {
    const checked = checkLine(line, transaction, reading, book, faults);
    if (!checked) continue;
    if (checked.debit + checked.credit > MAX_AMOUNT) {
      faults.add('amount-too-large', {
        line: line.at,
        element: 'Line',
        voucher: transaction.id,
        found: formatAmount(checked.debit + checked.credit),
        expected: `at most ${formatAmount(MAX_AMOUNT)}`,
      });
    }
    debit += checked.debit;
    credit += checked.credit;
    lines.push(checked);
  }
  if (reading.signs) noteWritten(reading.signs, debit, credit, book);
  book.lineCount += transaction.lines.length;
  if (lines.length === transaction.lines.length && debit !== credit) {
    faults.add('transaction-unbalanced', {
      line: transaction.at,
      element: 'Transaction',
      voucher: transaction.id,
      found: `debit ${formatAmount(debit)}, credit ${formatAmount(credit)}`,
      expected: `difference 0.00, is ${formatAmount(debit - credit)}`,
    });
  }
  if (debit > MAX_ENTRY_TOTAL) {
    faults.add('voucher-too-large', {
      line: transaction.at,
      element: 'Transaction',
      voucher: transaction.id,
      found: formatAmount(debit),
      expected: `at most ${formatAmount(MAX_ENTRY_TOTAL)}`,
    });
  }
  return faults.errorCount > errorsBefore || !when ? null : { transaction, ...when, lines, total: debit };
}

function tellEmpty(transaction: Transaction, book: AuditBook, faults: FaultList): null {
  book.emptyCount++;
  faults.add('transaction-empty', { line: transaction.at, element: 'Transaction', voucher: transaction.id });
  return null;
}

function checkIdentity(transaction: Transaction, fiscalYear: number, book: AuditBook, faults: FaultList): void {
  if (transaction.id === null) return;
  const journal = transaction.journal?.id ?? '';
  const first = book.transactions.add(transactionKey(fiscalYear, journal, transaction.id), transaction.at);
  if (first === null) return;
  faults.add('transaction-duplicate', {
    line: transaction.at,
    element: 'Transaction/TransactionID',
    voucher: transaction.id,
    found: transaction.id,
    expected: `once in journal ${journal} (line ${first})`,
  });
}

/** Day, period and financial year of the entry; null if they cannot be determined. */
function checkTime(
  transaction: Transaction,
  book: AuditBook,
  faults: FaultList,
): { date: LocalDate; period: number; fiscalYear: number } | null {
  const { date, postingDate, period, periodYear, at: line, id: voucher } = transaction;
  const errorsBefore = faults.errorCount;
  for (const [element, day] of [
    ['TransactionDate', date],
    ['GLPostingDate', postingDate],
  ] as const) {
    if (day === null || inLedger(yearOf(day))) continue;
    faults.add('date-malformed', {
      line,
      element: `Transaction/${element}`,
      voucher,
      found: day,
      expected: '1970 to 2199',
    });
  }
  if (period !== null && period > LONGEST_FISCAL_YEAR) {
    faults.add('number-malformed', {
      line,
      element: 'Transaction/Period',
      voucher,
      found: String(period),
      expected: `0 to ${LONGEST_FISCAL_YEAR}`,
    });
  }
  if (periodYear !== null && !inLedger(periodYear)) {
    faults.add('number-malformed', {
      line,
      element: 'Transaction/PeriodYear',
      voucher,
      found: String(periodYear),
      expected: '1970 to 2199',
    });
  }
  if (faults.errorCount > errorsBefore || (date === null && postingDate === null)) return null;
  const day = book.calendar!.dayOf(transaction);
  if (day === null) {
    const { start, end, periods } = book.calendar!.selection!;
    faults.add('date-outside-selection', {
      line,
      element: periods ? 'Transaction/Period' : 'Transaction/TransactionDate',
      voucher,
      found: periods ? `period ${period} of ${periodYear}` : (date ?? postingDate),
      expected: `${start} to ${end}`,
    });
    return null;
  }
  if (date !== null && date !== day) {
    faults.add('date-outside-periods', {
      line,
      element: 'Transaction/TransactionDate',
      voucher,
      found: date,
      expected: `period ${period} of ${periodYear}, posted on ${day}`,
    });
  }
  const own = book.calendar!.periodOf(day);
  return { date: day, period: period ?? own.period, fiscalYear: periodYear ?? own.fiscalYear };
}

function inLedger(year: number): boolean {
  return year >= 1970 && year <= 2199;
}

function checkRecordIds(transaction: Transaction, faults: FaultList): void {
  const { lines } = transaction;
  // Most files are in ascending order; only an exception needs a set.
  let ascending = true;
  for (let i = 1; i < lines.length && ascending; i++) {
    ascending = Number(lines[i]!.recordId) > Number(lines[i - 1]!.recordId);
  }
  if (ascending) return;
  const seen = new Set<string>();
  for (const line of lines) {
    if (line.recordId === null) continue;
    if (seen.has(line.recordId)) {
      faults.add('record-duplicate', {
        line: line.at,
        element: 'Line/RecordID',
        voucher: transaction.id,
        found: line.recordId,
        expected: 'once',
      });
    }
    seen.add(line.recordId);
  }
}

function checkLine(
  line: Line,
  transaction: Transaction,
  reading: Reading,
  book: AuditBook,
  faults: FaultList,
): CheckedLine | null {
  const voucher = transaction.id;
  const account = checkAccountReference(line, book, faults, voucher);
  const party = checkPartyReference(line, transaction, book, faults);
  if (line.analysis !== null) checkAnalysisReferences(line, book, faults, voucher);
  if (line.tax !== null) for (const tax of line.tax) checkTax(tax, line, transaction, book, faults);
  if (line.ownerId !== null && !book.owners.has(line.ownerId)) {
    makeOwner(line.ownerId, { line: line.at, element: 'Line/OwnerID', voucher }, book, faults);
  }
  const net = checkAmounts(line, reading, faults, voucher);
  if (net === null) return null;
  book.debit += net > 0n ? net : 0n;
  book.credit += net < 0n ? -net : 0n;
  if (account === null) return null;
  account.lines++;
  if (net >= 0n) account.debit += net;
  else account.credit -= net;
  if (party !== null) party.movements.set(account, (party.movements.get(account) ?? 0n) + net);
  return { line, account, debit: net > 0n ? net : 0n, credit: net < 0n ? -net : 0n, party };
}

function checkAccountReference(
  line: Line,
  book: AuditBook,
  faults: FaultList,
  voucher: string | null,
): BookAccount | null {
  if (line.accountId === null) return null;
  const account = book.accounts.get(line.accountId);
  if (account) return account;
  faults.add('account-unknown', {
    line: line.at,
    element: 'Line/AccountID',
    voucher,
    found: line.accountId,
    expected: 'an AccountID of GeneralLedgerAccounts',
  });
  return null;
}

/** The line's own party, or the one that an old file has on the transaction, on its subsidiary ledger lines. */
function checkPartyReference(
  line: Line,
  transaction: Transaction,
  book: AuditBook,
  faults: FaultList,
): BookParty | null {
  const { customerId, supplierId } = line;
  if (customerId === null && supplierId === null) return null;
  const voucher = transaction.id;
  if (customerId !== null && supplierId !== null) {
    faults.add('customer-and-supplier', {
      line: line.at,
      element: 'Line',
      voucher,
      found: `${customerId}, ${supplierId}`,
      expected: 'CustomerID or SupplierID',
    });
    return null;
  }
  const party = customerId !== null ? book.customers.get(customerId) : book.suppliers.get(supplierId!);
  if (party) return party;
  const [kind, element] =
    customerId !== null ? (['customer', 'CustomerID'] as const) : (['supplier', 'SupplierID'] as const);
  return makeParty(
    kind,
    (customerId ?? supplierId)!,
    { line: line.at, element: `Line/${element}`, voucher },
    book,
    faults,
  );
}

function checkAnalysisReferences(line: Line, book: AuditBook, faults: FaultList, voucher: string | null): void {
  for (const { type, id, at } of line.analysis!) {
    if (type === null || id === null || book.analyses.has(analysisKey(type, id))) continue;
    makeAnalysis(type, id, { line: at, element: 'Line/Analysis', voucher }, book, faults);
  }
}

/** Signed amount of the line, or null if it has no usable one. */
function checkAmounts(line: Line, reading: Reading, faults: FaultList, voucher: string | null): Ore | null {
  const { debit, credit } = line;
  if (debit !== null && credit !== null) {
    // Some systems always write both sides and leave one at zero.
    const isZero = debit.amount === 0n || credit.amount === 0n;
    faults.add(isZero ? 'zero-side' : 'both-sides', {
      line: line.at,
      element: 'Line',
      voucher,
      found: 'DebitAmount and CreditAmount',
      expected: 'one of them',
    });
    if (!isZero) return null;
  }
  const money = moneyOf(line);
  if (money === null || money.amount === null) return null;
  const side = money === debit ? 'DebitAmount' : 'CreditAmount';
  const net = money === debit ? money.amount : reading.creditNet(money.amount);
  if (reading.signs !== null && (money.amount < 0n || (money === credit && net > 0n))) {
    const turned = money === credit && net !== -money.amount;
    faults.add(turned ? 'credit-signed' : 'amount-negative', {
      line: money.at,
      element: `Line/${side}`,
      voucher,
      found: formatAmount(money.amount),
      expected: `${net < 0n ? 'credit' : 'debit'} ${formatAmount(magnitude(net))}`,
    });
  }
  if (money.currencyCode !== null) checkCurrency(money, `Line/${side}`, faults, voucher);
  return net;
}

function checkCurrency(money: Money, element: string, faults: FaultList, voucher: string | null): void {
  if (money.currencyAmount === null || money.amount === null) return;
  if (money.exchangeRate === null) {
    faults.add('currency-incomplete', { line: money.at, element, voucher, expected: 'ExchangeRate' });
    return;
  }
  const [amount, rate] = [atto(money.currencyAmount), atto(money.exchangeRate)];
  if (!isAtMost(amount, MAX_CURRENCY_UNITS, 18) || !isAtMost(rate, MAX_RATE, 18)) {
    faults.add('currency-too-large', {
      line: money.at,
      element,
      voucher,
      found: `${money.currencyCode} ${money.currencyAmount} × ${money.exchangeRate}`,
      expected: `at most ${MAX_CURRENCY_UNITS} × ${MAX_RATE}`,
    });
    return;
  }
  const product = magnitude((amount * rate) / 10n ** 34n);
  // A rate with few decimals cannot reproduce the øre of a large amount.
  const rateDecimals = Math.max(4, (money.exchangeRate.split('.')[1] ?? '').length);
  const tolerance = 1n + magnitude(amount) / 10n ** BigInt(16 + rateDecimals);
  if (magnitude(product - magnitude(money.amount)) <= tolerance) return;
  faults.add('currency-amount', {
    line: money.at,
    element,
    voucher,
    found: `${money.currencyCode} ${money.currencyAmount} × ${money.exchangeRate}`,
    expected: formatAmount(money.amount),
  });
}

/** Decimal text of at most 18 decimals as an integer of 10^-18. */
function atto(text: string): bigint {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole! + fraction.padEnd(18, '0'));
}

/** Cached: a file has few percentages, each on many lines. */
function attoOfPercent(text: string): bigint {
  if (text !== knownPercent) {
    knownPercent = text;
    knownAtto = atto(text);
  }
  return knownAtto;
}
let knownPercent = '';
let knownAtto = 0n;

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function checkTax(tax: TaxInformation, line: Line, transaction: Transaction, book: AuditBook, faults: FaultList): void {
  const voucher = transaction.id;
  for (const money of [tax.amount, tax.debit, tax.credit]) {
    if (money !== null && money.currencyCode !== null) checkCurrency(money, 'Line/TaxInformation', faults, voucher);
  }
  if (tax.code === null) return;
  const code = book.taxCodes.get(tax.code);
  if (!code || code.made) {
    makeTaxCode(tax, transaction, { line: tax.at, element: 'Line/TaxInformation/TaxCode', voucher }, book, faults);
    return;
  }
  const record = transaction.date === null ? code.records[0] : recordOn(code, transaction.date);
  if (!record) {
    faults.add('tax-code-validity', {
      line: tax.at,
      element: 'Line/TaxInformation/TaxCode',
      voucher,
      found: `${tax.code} on ${transaction.date}`,
      expected: 'a date within EffectiveDate and ExpirationDate',
    });
  }
  checkTaxAmount(tax, line, code, faults, voucher);
}

/** The record of a tax code in force on a date. */
export function recordOn(code: BookTaxCode, date: string): BookTaxCode['records'][number] | undefined {
  let found: BookTaxCode['records'][number] | undefined;
  for (const record of code.records) {
    if ((record.effective ?? '') > date || (record.expires ?? '9999') < date) continue;
    if (!found || (record.effective ?? '') >= (found.effective ?? '')) found = record;
  }
  return found;
}

/** Tax of 0.00 means unknown. With partial deduction either the whole or the deductible part is allowed. */
function checkTaxAmount(
  tax: TaxInformation,
  line: Line,
  code: BookTaxCode,
  faults: FaultList,
  voucher: string | null,
): void {
  const money = tax.debit ?? tax.credit ?? tax.amount;
  const percent = tax.percentage ?? null;
  const base =
    tax.base === null ? moneyOf(line)?.amount : (parseSignedAmount(tax.base) ?? atto(tax.base) / ATTO_IN_ORE);
  if (
    money === null ||
    money.amount === null ||
    money.amount === 0n ||
    percent === null ||
    base === null ||
    base === undefined
  )
    return;
  const whole = (magnitude(base) * attoOfPercent(percent)) / ATTO_IN_PERCENT;
  const amount = magnitude(money.amount);
  if (magnitude(amount - whole) <= TAX_TOLERANCE) return;
  const partial = code.records.some((record) =>
    (record.baseRates ?? []).some(
      (rate) => magnitude(amount - (whole * atto(rate)) / ATTO_IN_PERCENT) <= TAX_TOLERANCE,
    ),
  );
  if (partial) return;
  faults.add('tax-amount', {
    line: tax.at,
    element: 'Line/TaxInformation',
    voucher,
    found: formatAmount(money.amount),
    expected: `${formatAmount(whole)} (${formatAmount(base)} × ${percent} %)`,
  });
}
