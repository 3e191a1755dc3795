import type { FiscalYear } from '../../kernel/fiscal-year.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { Figure } from '../figures/ledger-figures.ts';
import { carriesForward, type ReportAccount, type ReportChart } from '../printed/report-chart.ts';
import type { ReportRange } from '../foundations/report-range.ts';
import type { DraftLine } from './draft-lines.ts';
import { BEFORE_RANGE, FIRST_YEAR, type SectionFigure } from './section-figures.ts';

/** Balances are debit − credit. closing = opening + debit − credit. */
export interface SectionAmounts {
  opening: Ore;
  debit: Ore;
  credit: Ore;
  closing: Ore;
}

/**
 * A stretch of one account without a break in its balance: an opening row, the posted lines, the drafts, a closing row.
 * On a balance account the whole range; on an income or expense account one fiscal year, because it starts each at
 * zero.
 */
export interface Section extends SectionAmounts {
  account: ReportAccount;
  from: LocalDate;
  to: LocalDate;
  /** Posted lines. */
  lines: number;
  /** Balance after the posted lines. */
  posted: Ore;
  /** They follow the posted lines, whose balances therefore exclude them. */
  drafts: readonly DraftLine[];
  /** The first of its account. */
  startsAccount: boolean;
  /** Index of its opening row among all rows of the report. */
  first: number;
  /** On the last of several sections of an account: one more row with the account's total over the whole range. */
  total: SectionAmounts | null;
}

export interface GeneralLedger {
  sections: Section[];
  accounts: number;
  /** Rows of all sections. */
  rows: number;
  /** Posted lines and drafts. */
  lines: number;
  totals: SectionAmounts;
}

export function rowsOf(section: Section): number {
  return section.lines + section.drafts.length + (section.total ? 3 : 2);
}

/** The last row of an account equals the trial balance. Accounts without balance and lines are left out. */
export function generalLedger(
  figures: readonly SectionFigure[],
  drafts: { figures: readonly Figure[]; lines: readonly DraftLine[] },
  chart: ReportChart,
  range: ReportRange,
  /** Those that overlap the range, ascending. */
  fiscalYears: readonly FiscalYear[],
): GeneralLedger {
  const accounts = new Map<string, AccountParts>();
  const partsOf = (code: string) => {
    let parts = accounts.get(code);
    if (!parts) accounts.set(code, (parts = { account: chart(code), opening: 0n, years: new Map() }));
    return parts;
  };
  for (const { accountCode, bucket, debit, credit, lines } of figures) {
    const parts = partsOf(accountCode);
    if (bucket >= FIRST_YEAR) addYear(parts, bucket - FIRST_YEAR, { debit, credit, lines });
    else if (bucket === BEFORE_RANGE || carriesForward(parts.account)) parts.opening += debit - credit;
  }
  for (const { accountCode, earlier, incoming } of drafts.figures) {
    if (earlier === 0n && incoming === 0n) continue;
    const parts = partsOf(accountCode);
    parts.opening += incoming + (carriesForward(parts.account) ? earlier : 0n);
  }
  for (const line of drafts.lines) {
    const year = fiscalYears.findIndex(({ to }) => line.date <= to);
    yearOfParts(partsOf(line.accountCode), year).drafts.push(line);
  }
  const ledger: GeneralLedger = {
    sections: [],
    accounts: 0,
    rows: 0,
    lines: 0,
    totals: { opening: 0n, debit: 0n, credit: 0n, closing: 0n },
  };
  for (const code of [...accounts.keys()].sort(byCode)) addAccount(ledger, accounts.get(code)!, range, fiscalYears);
  return ledger;
}

interface YearParts {
  debit: Ore;
  credit: Ore;
  lines: number;
  drafts: DraftLine[];
}

interface AccountParts {
  account: ReportAccount;
  opening: Ore;
  /** By index of the fiscal year in the range. */
  years: Map<number, YearParts>;
}

function yearOfParts(parts: AccountParts, year: number): YearParts {
  let found = parts.years.get(year);
  if (!found) parts.years.set(year, (found = { debit: 0n, credit: 0n, lines: 0, drafts: [] }));
  return found;
}

function addYear(parts: AccountParts, year: number, { debit, credit, lines }: Omit<YearParts, 'drafts'>): void {
  const sum = yearOfParts(parts, year);
  sum.debit += debit;
  sum.credit += credit;
  sum.lines += lines;
}

function addAccount(
  ledger: GeneralLedger,
  { account, opening, years }: AccountParts,
  range: ReportRange,
  fiscalYears: readonly FiscalYear[],
): void {
  const moved = [...years].filter(([, year]) => year.lines + year.drafts.length > 0).sort(([a], [b]) => a - b);
  const sections: Section[] = [];
  if (carriesForward(account)) {
    const whole: YearParts = { debit: 0n, credit: 0n, lines: 0, drafts: [] };
    for (const [, year] of moved) {
      whole.debit += year.debit;
      whole.credit += year.credit;
      whole.lines += year.lines;
      whole.drafts.push(...year.drafts);
    }
    if (opening !== 0n || moved.length > 0) sections.push(sectionOf(account, range, opening, whole));
  } else {
    if (opening !== 0n && moved[0]?.[0] !== 0) moved.unshift([0, { debit: 0n, credit: 0n, lines: 0, drafts: [] }]);
    for (const [year, parts] of moved) {
      const { from, to } = fiscalYears[year]!;
      const days = { from: max(range.from, from), to: min(range.to, to) };
      sections.push(sectionOf(account, days, year === 0 ? opening : 0n, parts));
    }
  }
  const last = sections.at(-1);
  if (!last) return;
  const sum = sumOf(sections);
  if (sections.length > 1) last.total = sum;
  sections[0]!.startsAccount = true;
  ledger.accounts++;
  for (const section of sections) {
    section.first = ledger.rows;
    ledger.rows += rowsOf(section);
    ledger.lines += section.lines + section.drafts.length;
    ledger.sections.push(section);
  }
  for (const key of ['opening', 'debit', 'credit', 'closing'] as const) ledger.totals[key] += sum[key];
}

function sectionOf(
  account: ReportAccount,
  { from, to }: ReportRange,
  opening: Ore,
  { debit, credit, lines, drafts }: YearParts,
): Section {
  const posted = opening + debit - credit;
  let [debits, credits] = [debit, credit];
  for (const draft of drafts) {
    debits += draft.debit;
    credits += draft.credit;
  }
  return {
    account,
    from,
    to,
    opening,
    debit: debits,
    credit: credits,
    closing: opening + debits - credits,
    lines,
    posted,
    drafts,
    startsAccount: false,
    first: 0,
    total: null,
  };
}

/** The sum over fiscal years as in the trial balance: the incoming balance, and all movements. */
function sumOf(sections: readonly Section[]): SectionAmounts {
  const sum = { opening: sections[0]!.opening, debit: 0n, credit: 0n, closing: 0n };
  for (const { debit, credit } of sections) {
    sum.debit += debit;
    sum.credit += credit;
  }
  sum.closing = sum.opening + sum.debit - sum.credit;
  return sum;
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function max(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}

function min(a: LocalDate, b: LocalDate): LocalDate {
  return a < b ? a : b;
}
