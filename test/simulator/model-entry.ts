import type { EntryInput, LineInput } from '../../src/ledger/entries/entry-input.ts';
import { unreachable } from '../../src/kernel/assert.ts';
import { STANDARD_TAX_CODES } from '../../src/ledger/index.ts';
import type { EntryStep, Fault, LineStep } from './steps.ts';

/** Records of the simulated company: ids by their index. */
export interface Firm {
  partner: number;
  departments: number[];
  projects: number[];
}

/** A line as the books must hold it: signed øre, debit positive. `set` is the key of its dimensions. */
export interface ModelLine {
  account: string;
  set: string;
  amount: bigint;
}

const CODES = new Map(STANDARD_TAX_CODES.map((code) => [code.code, code]));

/**
 * num / den to the nearest integer, half away from zero: implemented independently, so that a fault of the program is not
 * repeated.
 */
function nearest(num: bigint, den: bigint): bigint {
  const whole = num / den;
  const rest = num % den;
  if (2n * (rest < 0n ? -rest : rest) < den) return whole;
  return whole + (num < 0n ? -1n : 1n);
}

/** Percent of the code on the date, in hundredths. */
function rateOn(code: string, date: string): bigint {
  const rates = CODES.get(code)!.rates;
  const hit = rates.find((rate) => rate.from <= date && (rate.to === null || date <= rate.to))!;
  return BigInt(Math.round(Number(hit.rate) * 100));
}

/** The result of a line, by the posting patterns of the VAT reference (with full deduction). */
function linesOf(line: LineStep, date: string, set: string): ModelLine[] {
  const amount = BigInt(line.amount) * (line.side === 'debit' ? 1n : -1n);
  const base = (signed: bigint): ModelLine => ({ account: line.account, set, amount: signed });
  if (!line.tax) return [base(amount)];
  const code = CODES.get(line.tax.code)!;
  const rate = rateOn(line.tax.code, date);
  if (code.importPaid || code.direction === 'none' || rate === 0n) return [base(amount)];
  const net = line.tax.basis === 'gross' ? nearest(amount * 10_000n, 10_000n + rate) : amount;
  const vat = line.tax.basis === 'gross' ? amount - net : nearest(net * rate, 10_000n);
  const on = (account: string | undefined, signed: bigint): ModelLine =>
    account === undefined ? base(signed) : { account, set: '', amount: signed };
  const made = {
    sale: () => [on(code.output, vat)],
    purchase: () => [on(code.deduction, vat)],
    reverse: () => [on(code.output, -vat), on(code.deduction, vat)],
  }[code.direction]();
  return [base(net), ...made].filter((made) => made.amount !== 0n);
}

/** The entry that a step requests, and the expected lines; none if it must be refused. */
export function modelEntry(step: EntryStep, memo: string, firm: Firm): { input: EntryInput; lines: ModelLine[] } {
  const inputs: LineInput[] = [];
  const lines: ModelLine[] = [];
  for (const line of step.lines) {
    const members: [string, number][] = [];
    if (line.account === '1500' || line.account === '2400') members.push(['business_partner', firm.partner]);
    if (line.department !== null) members.push(['department', firm.departments[line.department]!]);
    if (line.project !== null) members.push(['project', firm.projects[line.project]!]);
    inputs.push({
      account_code: line.account,
      [line.side]: kroner(line.amount),
      ...(line.tax ? { tax_code: line.tax.code, amount_basis: line.tax.basis } : {}),
      ...(members[0]?.[0] === 'business_partner' ? { business_partner_id: firm.partner } : {}),
      dimensions: members.filter(([type]) => type !== 'business_partner').map(([type, id]) => ({ type, id })),
      ...(line.currency
        ? {
            currency_code: 'USD',
            currency_amount: (line.currency.amount / 100).toFixed(2),
            exchange_rate: (line.currency.rate / 100).toFixed(2),
          }
        : {}),
    });
    lines.push(
      ...linesOf(
        line,
        step.date,
        members
          .map(([type, id]) => `${type}:${id}`)
          .sort()
          .join(','),
      ),
    );
  }
  // The bank pays or receives the rest.
  const rest = -lines.reduce((sum, line) => sum + line.amount, 0n);
  if (rest !== 0n) {
    inputs.push({ account_code: '1920', [rest > 0n ? 'debit' : 'credit']: kroner(Number(rest < 0n ? -rest : rest)) });
    lines.push({ account: '1920', set: '', amount: rest });
  }
  const input: EntryInput = { entry_date: step.date, series: step.series, memo, lines: inputs };
  return { input: step.fault ? withFault(input, step.fault) : input, lines };
}

function kroner(ore: number): string {
  const digits = String(ore).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function withFault(input: EntryInput, fault: Fault): EntryInput {
  // Two lines that balance each other, one of them wrong: only that is the reason.
  const pair = (wrong: Partial<LineInput>): EntryInput => ({
    ...input,
    lines: [
      ...input.lines,
      { account_code: '1920', debit: '1.00' },
      { account_code: '7770', credit: '1.00', ...wrong },
    ],
  });
  switch (fault) {
    case 'unbalanced':
      return { ...input, lines: [...input.lines, { account_code: '7770', debit: '0.01' }] };
    case 'unknown account':
      return pair({ account_code: '19999' });
    case 'no partner':
      return pair({ account_code: '1500' });
    case 'unknown VAT code':
      return pair({ tax_code: '999' });
    case 'both sides':
      return pair({ debit: '2.00' });
    case 'unknown project':
      return pair({ dimensions: [{ type: 'project', id: 1 }] });
    case 'impossible date':
      return { ...input, entry_date: `${input.entry_date.slice(0, 5)}02-30` };
    case 'VAT code too early':
      return { ...pair({ tax_code: '3' }), entry_date: '1999-12-31' };
    default:
      return unreachable(fault);
  }
}

/** The error code that a fault must cause. */
export function refusalOf(fault: Fault): string {
  return fault === 'unbalanced' ? 'ledger.unbalanced' : 'ledger.invalid_entry';
}
