import {
  formatAmount,
  formatScaled,
  isAtMost,
  MAX_CURRENCY_UNITS,
  MAX_RATE,
  type Ore,
  parseAmount,
  parseScaled,
} from '../../kernel/money.ts';
import { trimZeros } from '../../kernel/trim.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import type { DraftInput, EntryInput, LineInput } from './entry-input.ts';
import { CURRENCY_DECIMALS, type CurrencyAmount, type NewEntry, type NewLine, RATE_DECIMALS } from './new-entry.ts';

/** Converts an entry from the wire format to the ledger's types. Each unreadable field becomes one of its `faults`. */
export function readEntry(input: EntryInput): NewEntry {
  const faults: FieldProblem[] = [];
  const lines = input.lines.map((line, index) => readLine(line, `lines[${index}]`, faults));
  const entry: NewEntry = { entryDate: input.entry_date, lines, faults };
  if (input.memo !== undefined) entry.memo = input.memo;
  if (input.series !== undefined) entry.series = input.series;
  if (input.voucher_id != null) entry.voucherId = input.voucher_id;
  if (input.relation_type != null) entry.relationType = input.relation_type;
  if (input.relation_id != null) entry.relationId = input.relation_id;
  if (input.document_reference != null) entry.documentReference = input.document_reference;
  if (input.vat_term != null) entry.vatTerm = input.vat_term;
  if (input.vat !== undefined) entry.vat = input.vat;
  return entry;
}

function readLine(line: LineInput, path: string, faults: FieldProblem[]): NewLine {
  const read: NewLine = { account: accountOf(line, path, faults), amount: amountOf(line, path, faults) };
  if (line.currency_code != null) read.currency = currencyOf(line, path, faults);
  if (line.tax_code) read.taxCode = line.tax_code;
  if (line.amount_basis !== undefined) read.amountBasis = line.amount_basis;
  if (line.base_line_number != null) read.baseLineNumber = line.base_line_number;
  if (line.dimensions !== undefined) read.dimensions = line.dimensions;
  if (line.business_partner_id != null) read.businessPartnerId = line.business_partner_id;
  if (line.due_date != null) read.dueDate = line.due_date;
  if (line.payment_reference != null) read.paymentReference = line.payment_reference;
  if (line.document_reference != null) read.documentReference = line.document_reference;
  if (line.memo != null) read.memo = line.memo;
  return read;
}

function accountOf(line: LineInput, path: string, faults: FieldProblem[]): string | number | null {
  if ((line.account_code === undefined) !== (line.account_id === undefined))
    return line.account_code ?? line.account_id!;
  faults.push(
    problem(
      `${path}.account_code`,
      'give either account_code or account_id',
      'oppgi enten account_code eller account_id',
    ),
  );
  return null;
}

/** The signed amount (debit positive), or null with a fault recorded. */
function amountOf(line: LineInput, path: string, faults: FieldProblem[]): Ore | null {
  const before = faults.length;
  const debit = readAmount(line.debit, path, 'debit', faults);
  const credit = readAmount(line.credit, path, 'credit', faults);
  const hasCurrency = line.currency_code != null;
  if ((line.currency_amount != null) !== hasCurrency || (line.exchange_rate != null) !== hasCurrency)
    faults.push(
      problem(
        `${path}.currency_code`,
        'currency_code, currency_amount and exchange_rate go together',
        'currency_code, currency_amount og exchange_rate hører sammen',
      ),
    );
  if (faults.length > before) return null;
  if (debit !== 0n && credit !== 0n) {
    faults.push(problem(path, 'has both debit and credit; give one', 'har både debet og kredit; oppgi én'));
    return null;
  }
  if (debit === 0n && credit === 0n) {
    faults.push(problem(path, 'needs a debit or credit above zero', 'må ha debet eller kredit større enn null'));
    return null;
  }
  return debit - credit;
}

function readAmount(
  value: string | number | null | undefined,
  path: string,
  side: 'debit' | 'credit',
  faults: FieldProblem[],
): Ore {
  if (value === undefined || value === null) return 0n;
  const amount = parseAmount(value);
  if (amount !== null && amount >= 0n) return amount;
  faults.push(
    problem(
      `${path}.${side}`,
      'must be an amount of zero or more with at most two decimals',
      'må være et beløp på null eller mer med høyst to desimaler',
    ),
  );
  return 0n;
}

function currencyOf(line: LineInput, path: string, faults: FieldProblem[]): CurrencyAmount | null {
  if (line.currency_amount == null || line.exchange_rate == null) return null;
  const amount = parseScaled(line.currency_amount, CURRENCY_DECIMALS);
  const rate = parseScaled(line.exchange_rate, RATE_DECIMALS);
  const isAmount = amount !== null && amount >= 0n && isAtMost(amount, MAX_CURRENCY_UNITS, CURRENCY_DECIMALS);
  const isRate = rate !== null && rate > 0n && isAtMost(rate, MAX_RATE, RATE_DECIMALS);
  if (!isAmount)
    faults.push(
      problem(
        `${path}.currency_amount`,
        `must be a decimal from zero to ${MAX_CURRENCY_UNITS}`,
        `må være et desimaltall fra null til ${MAX_CURRENCY_UNITS}`,
      ),
    );
  if (!isRate)
    faults.push(
      problem(
        `${path}.exchange_rate`,
        `must be a decimal above zero, ${MAX_RATE} at most`,
        `må være et desimaltall større enn null, høyst ${MAX_RATE}`,
      ),
    );
  if (!isAmount || !isRate) return null;
  return { code: line.currency_code!, amount, rate };
}

/** The inverse, for a draft of an entry that code built: drafts are stored in the wire format. */
export function writtenEntry(entry: NewEntry): DraftInput {
  return {
    entry_date: entry.entryDate,
    ...(entry.memo === undefined ? {} : { memo: entry.memo }),
    ...(entry.series === undefined ? {} : { series: entry.series }),
    ...(entry.voucherId == null ? {} : { voucher_id: entry.voucherId }),
    ...(entry.relationType == null ? {} : { relation_type: entry.relationType }),
    ...(entry.relationId == null ? {} : { relation_id: entry.relationId }),
    ...(entry.documentReference == null ? {} : { document_reference: entry.documentReference }),
    ...(entry.vatTerm == null ? {} : { vat_term: entry.vatTerm }),
    ...(entry.vat === undefined ? {} : { vat: entry.vat }),
    lines: entry.lines.map(writtenLine),
  };
}

function writtenLine(line: NewLine): LineInput {
  const { account, amount, currency } = line;
  return {
    ...(typeof account === 'string' ? { account_code: account } : {}),
    ...(typeof account === 'number' ? { account_id: account } : {}),
    ...(amount === null ? {} : amount > 0n ? { debit: formatAmount(amount) } : { credit: formatAmount(-amount) }),
    ...(line.taxCode ? { tax_code: line.taxCode } : {}),
    ...(line.amountBasis === undefined ? {} : { amount_basis: line.amountBasis }),
    ...(line.baseLineNumber == null ? {} : { base_line_number: line.baseLineNumber }),
    ...(line.dimensions === undefined ? {} : { dimensions: [...line.dimensions] }),
    ...(line.businessPartnerId == null ? {} : { business_partner_id: line.businessPartnerId }),
    ...(currency
      ? {
          currency_code: currency.code,
          currency_amount: decimalText(currency.amount, CURRENCY_DECIMALS),
          exchange_rate: decimalText(currency.rate, RATE_DECIMALS),
        }
      : {}),
    ...(line.dueDate == null ? {} : { due_date: line.dueDate }),
    ...(line.paymentReference == null ? {} : { payment_reference: line.paymentReference }),
    ...(line.documentReference == null ? {} : { document_reference: line.documentReference }),
    ...(line.memo == null ? {} : { memo: line.memo }),
  };
}

/** `11.5`: without trailing zeros, as the database prints a decimal (`trim_scale`). */
export function decimalText(value: bigint, decimals: number): string {
  return trimZeros(formatScaled(value, decimals));
}
