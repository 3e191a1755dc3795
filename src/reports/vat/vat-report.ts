import type { LocalDate } from '../../kernel/local-date.ts';
import { distribute } from '../../kernel/distribute.ts';
import {
  divideRounded,
  type Ore,
  parsePercent,
  type Percent,
  percentOf,
  percentOfPercent,
} from '../../kernel/money.ts';
import { VAT_ACCOUNTS } from '../../ledger/index.ts';
import type { ReportRange } from '../foundations/report-range.ts';
import type { VatCode } from './vat-codes.ts';
import type { VatSum } from './vat-sums.ts';

/** Debit and credit as posted; a balance is their difference. */
export interface Sides {
  debit: Ore;
  credit: Ore;
}

/** The amounts of one VAT code in the period at one rate. */
export interface VatRow {
  code: VatCode;
  rate: Percent;
  base: Sides;
  /** Base × rate × deduction; for reverse charge the deduction and the calculated VAT on their two sides. */
  tax: Sides;
  posted: Sides;
  /** All other movements of the code's VAT accounts; a settlement of the VAT of several rows is divided among them. */
  reconciliation: Sides;
  /** The amount in the return: output positive, deduction negative. */
  reportable: Ore;
  /** The calculated output VAT of a two-sided code, positive; otherwise 0. */
  reportableAcquisition: Ore;
  baseLines: number;
  /**
   * The parts of `tax` and `posted` that must agree, credit − debit: VAT of sales or deduction, and calculated output
   * VAT.
   */
  main: { calculated: Ore; posted: Ore };
  acquisition: { calculated: Ore; posted: Ore };
  /** VAT accounts of the code with movements, and accounts of its base. */
  baseAccounts: ReadonlySet<string>;
  /** Base lines that are on a VAT account themselves. */
  vatAsBase: ReadonlySet<string>;
  /** Accounts of VAT lines that are not VAT accounts; their amounts are not included in the posted ones. */
  strayAccounts: ReadonlySet<string>;
}

/** A VAT account in the period. moved = posted + reconciliation, on each side together. */
export interface VatAccount {
  account: string;
  moved: Sides;
  posted: Sides;
  reconciliation: Sides;
  /** The part of the posted amount, credit − debit, from codes of the VAT return: that is what a settlement moves. */
  reported: Ore;
  /** The code that the account belongs to, among those ever used; null: none. */
  code: string | null;
  /** The part of the reconciliation that is on no row. */
  unassigned: Sides;
}

export interface VatFigures {
  rows: VatRow[];
  accounts: VatAccount[];
}

/** Debit and credit in the period of each account. */
export type Movements = ReadonlyMap<string, Sides>;

/** True for VAT accounts of the national chart, without the settlement account. */
export function isVatAccount(account: string): boolean {
  return account >= VAT_ACCOUNTS.from && account < VAT_ACCOUNTS.before;
}

/**
 * Every account that counts as a VAT account: the chart's, the codes' own, and (imported books) those with that
 * grouping.
 */
export function vatAccountsOf(codes: readonly VatCode[], grouped: ReadonlySet<string>, sums: readonly VatSum[]) {
  const accounts = new Set(
    codes.flatMap((code) => [code.outputAccount, code.deductionAccount]).filter((a) => a !== null),
  );
  for (const { role, account } of sums) {
    if (role !== 'base' && (isVatAccount(account) || grouped.has(account))) accounts.add(account);
  }
  accounts.delete(VAT_ACCOUNTS.before);
  return accounts;
}

const nothing = (): Sides => ({ debit: 0n, credit: 0n });

function add(to: Sides, part: Sides): void {
  to.debit += part.debit;
  to.credit += part.credit;
}

/** credit − debit */
function net({ debit, credit }: Sides): Ore {
  return credit - debit;
}

interface Building extends VatRow {
  baseAccounts: Set<string>;
  vatAsBase: Set<string>;
  strayAccounts: Set<string>;
}

/**
 * Pure: takes sums by code and the movements of the VAT accounts, returns the rows of the report. `codes` in the order
 * of the report; `used` are those with entries of any time: a code that was never used has no row.
 */
export function vatFigures(
  codes: readonly VatCode[],
  sums: readonly VatSum[],
  movements: Movements,
  vatAccounts: ReadonlySet<string>,
  range: ReportRange,
  used: ReadonlySet<string>,
): VatFigures {
  const byCode = new Map(codes.map((code) => [code.code, code]));
  const rows = new Map<string, Building>();
  const postedOn = new Map<string, Map<Building, Sides>>();
  const reportedOn = new Map<string, Ore>();
  const rowOf = (code: VatCode, rate: Percent) => {
    const key = `${code.code} ${rate}`;
    let row = rows.get(key);
    if (!row) rows.set(key, (row = emptyRow(code, rate)));
    return row;
  };
  const post = (row: Building, account: string, sides: Sides) => {
    if (!vatAccounts.has(account)) {
      row.strayAccounts.add(account);
      return;
    }
    add(row.posted, sides);
    (isAcquisition(row.code, account, sides) ? row.acquisition : row.main).posted += net(sides);
    const on = postedOn.get(account) ?? new Map<Building, Sides>();
    const sum = on.get(row) ?? nothing();
    add(sum, sides);
    postedOn.set(account, on.set(row, sum));
    if (row.code.reportable) reportedOn.set(account, (reportedOn.get(account) ?? 0n) + net(sides));
  };
  for (const sum of sums) {
    const code = sum.role === 'near' ? nearCode(sum, byCode) : byCode.get(sum.codes[0]!);
    if (!code) continue;
    const row = rowOf(code, sum.rate === null ? rateOn(code, sum.month ?? range.to) : parsePercent(sum.rate));
    if (sum.role === 'base') {
      addBase(row, sum, vatAccounts);
      if (code.isImportPaid) post(row, sum.account, sum);
    } else post(row, sum.account, sum);
  }
  const accounts = accountsOf(movements, { postedOn, reportedOn }, vatAccounts);
  for (const account of accounts) {
    const posters = postedOn.get(account.account) ?? new Map<Building, Sides>();
    const among = (some: Iterable<VatRow>) => {
      const theirs = new Set([...some].map((row) => row.code));
      return ownerOf(
        account.account,
        codes.filter((one) => theirs.has(one)),
      );
    };
    const usedCodes = codes.filter((one) => used.has(one.code));
    const code = among(posters.keys()) ?? among(rows.values()) ?? ownerOf(account.account, usedCodes);
    if (!code) continue;
    account.code = code.code;
    account.unassigned = nothing();
    if (account.reconciliation.debit === 0n && account.reconciliation.credit === 0n) continue;
    const owner = [...rows.values()].filter((row) => row.code === code).at(-1) ?? rowOf(code, rateOn(code, range.to));
    reconcile(account.reconciliation, posters, owner);
  }
  const shown = [...rows.values()].filter(hasAmounts);
  for (const row of shown) finish(row);
  const place = new Map(codes.map((code, i) => [code, i]));
  shown.sort((a, b) => place.get(a.code)! - place.get(b.code)! || Number(b.rate - a.rate));
  return { rows: shown, accounts };
}

/**
 * Movements of an account other than VAT of base lines. An amount opposite to the VAT of rows settles that VAT, up to
 * each row's amount; the remainder belongs to the account's owner.
 */
function reconcile({ debit, credit }: Sides, posters: ReadonlyMap<Building, Sides>, owner: Building): void {
  const rows = [...posters].map(([row, sides]) => ({ row, balance: net(sides) }));
  const share = (amount: Ore, open: (balance: Ore) => Ore, to: (row: Building, part: Ore) => void) => {
    const wanted = rows.map(({ balance }) => open(balance));
    const all = wanted.reduce((sum, part) => sum + part, 0n);
    const settled = amount < all ? amount : all;
    distribute(settled, wanted, 1n).forEach((part, i) => to(rows[i]!.row, part));
    to(owner, amount - settled);
  };
  share(
    debit,
    (balance) => (balance > 0n ? balance : 0n),
    (row, part) => (row.reconciliation.debit += part),
  );
  share(
    credit,
    (balance) => (balance < 0n ? -balance : 0n),
    (row, part) => (row.reconciliation.credit += part),
  );
}

function emptyRow(code: VatCode, rate: Percent): Building {
  return {
    code,
    rate,
    base: nothing(),
    tax: nothing(),
    posted: nothing(),
    reconciliation: nothing(),
    reportable: 0n,
    reportableAcquisition: 0n,
    baseLines: 0,
    main: { calculated: 0n, posted: 0n },
    acquisition: { calculated: 0n, posted: 0n },
    baseAccounts: new Set(),
    vatAsBase: new Set(),
    strayAccounts: new Set(),
  };
}

function hasAmounts({ base, tax, posted, reconciliation }: VatRow): boolean {
  return [base, tax, posted, reconciliation].some(({ debit, credit }) => debit !== 0n || credit !== 0n);
}

/** The rate on the day, or the last one before; a code without rates has none. */
export function rateOn(code: VatCode, date: LocalDate): Percent {
  const hit = code.rates.find(({ from, to }) => from <= date && (to === null || date <= to));
  return (hit ?? code.rates.at(-1))?.rate ?? 0n;
}

/**
 * Base and calculated VAT. Sales: on the base's side. Purchases: the deductible share, on the base's side. Reverse
 * charge: the deductible share on the base's side, the whole on the other. Import VAT paid: the line is the VAT, and the
 * base follows from it.
 */
function addBase(row: Building, sum: VatSum, vatAccounts: ReadonlySet<string>): void {
  const { code, rate } = row;
  const deduction = sum.deduction === null ? 1_000_000n : parsePercent(sum.deduction);
  row.baseLines += sum.lines;
  row.baseAccounts.add(sum.account);
  if (code.isImportPaid) {
    add(row.tax, sum);
    row.main.calculated += net(sum);
    if (rate > 0n)
      add(row.base, {
        debit: divideRounded(sum.debit * 1_000_000n, rate),
        credit: divideRounded(sum.credit * 1_000_000n, rate),
      });
    return;
  }
  if (vatAccounts.has(sum.account) && rate > 0n) row.vatAsBase.add(sum.account);
  add(row.base, sum);
  if (code.direction === 'none') return;
  const whole = { debit: percentOf(sum.debit, rate), credit: percentOf(sum.credit, rate) };
  const share = {
    debit: percentOfPercent(sum.debit, rate, deduction),
    credit: percentOfPercent(sum.credit, rate, deduction),
  };
  const main = code.direction === 'sale' ? whole : share;
  add(row.tax, main);
  row.main.calculated += net(main);
  if (code.direction !== 'reverse') return;
  const other = { debit: whole.credit, credit: whole.debit };
  add(row.tax, other);
  row.acquisition.calculated += net(other);
}

/** Whether a VAT line is the calculated output VAT of a two-sided code. If one account has both: by the usual side. */
function isAcquisition(code: VatCode, account: string, sides: Sides): boolean {
  if (code.direction !== 'reverse') return false;
  if (code.outputAccount !== code.deductionAccount) {
    if (account === code.outputAccount) return true;
    if (account === code.deductionAccount) return false;
  }
  return net(sides) > 0n;
}

/** The code for VAT lines without one: the only one of the entries' codes with that account, or the only one at all. */
export function nearCode(
  { codes, account }: Pick<VatSum, 'codes' | 'account'>,
  byCode: ReadonlyMap<string, VatCode>,
): VatCode | undefined {
  const candidates = codes.flatMap((code) => byCode.get(code) ?? []);
  const owners = candidates.filter((code) => code.outputAccount === account || code.deductionAccount === account);
  if (owners.length > 0) return owners.length === 1 ? owners[0] : undefined;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** The movement of each VAT account, and its part that is VAT of base lines. */
function accountsOf(
  movements: Movements,
  {
    postedOn,
    reportedOn,
  }: { postedOn: ReadonlyMap<string, ReadonlyMap<VatRow, Sides>>; reportedOn: ReadonlyMap<string, Ore> },
  vatAccounts: ReadonlySet<string>,
): VatAccount[] {
  const all = new Set([...movements.keys()].filter((account) => vatAccounts.has(account) || isVatAccount(account)));
  for (const account of postedOn.keys()) all.add(account);
  return [...all].sort().flatMap((account) => {
    const moved = movements.get(account) ?? nothing();
    const posted = nothing();
    for (const sides of postedOn.get(account)?.values() ?? []) add(posted, sides);
    if ([moved.debit, moved.credit, posted.debit, posted.credit].every((amount) => amount === 0n)) return [];
    const reported = reportedOn.get(account) ?? 0n;
    const reconciliation = rest(moved, posted);
    return [{ account, moved, posted, reconciliation, reported, code: null, unassigned: { ...reconciliation } }];
  });
}

/**
 * The remainder on each side. VAT of another period's entries (late ones) makes it negative, which moves it to the
 * other side.
 */
function rest(moved: Sides, posted: Sides): Sides {
  const debit = moved.debit - posted.debit;
  const credit = moved.credit - posted.credit;
  return {
    debit: (debit > 0n ? debit : 0n) + (credit < 0n ? -credit : 0n),
    credit: (credit > 0n ? credit : 0n) + (debit < 0n ? -debit : 0n),
  };
}

/** Of several codes with the account the standard code, otherwise the first. */
function ownerOf(account: string, codes: readonly VatCode[]): VatCode | undefined {
  const owners = codes.filter((code) => code.outputAccount === account || code.deductionAccount === account);
  return owners.find((code) => code.code === code.standardCode) ?? owners[0];
}

function finish(row: Building): void {
  if (!row.code.reportable) return;
  row.reportable = row.main.posted;
  row.reportableAcquisition = row.acquisition.posted;
}
