import { groupingCategoryOf } from '../../masters/index.ts';
import type { Account } from '../audit-file/audit-records.ts';

export type AccountType = 'asset' | 'liability' | 'equity' | 'revenue' | 'expense' | 'appropriation';

/** An account of the national chart. */
export interface NationalAccount {
  account_code: string;
  id: number;
  name_nb: string;
  account_type: AccountType;
  normal_side: 'debit' | 'credit';
  saft_category: string;
  saft_code: string;
  standard_account_2: string | null;
  group_code: string;
  statement_line: string | null;
  flags: string[];
}

/** The national chart, with the lookups that find the most similar account for one of another chart. */
export class NationalChart {
  readonly byCode: ReadonlyMap<string, NationalAccount>;
  readonly #byGroupingCode: Map<string, NationalAccount[]>;
  readonly #byCategory: Map<string, NationalAccount[]>;
  readonly #byStandard: Map<string, NationalAccount[]>;
  readonly #all: readonly NationalAccount[];

  constructor(accounts: readonly NationalAccount[]) {
    this.#all = accounts;
    this.byCode = new Map(accounts.map((account) => [account.account_code, account]));
    this.#byGroupingCode = grouped(accounts, (account) => account.saft_code);
    this.#byCategory = grouped(accounts, (account) => account.saft_category.toLowerCase());
    this.#byStandard = grouped(accounts, (account) => account.standard_account_2 ?? '');
  }

  withGroupingCode(code: string): readonly NationalAccount[] {
    return this.#byGroupingCode.get(code) ?? [];
  }

  withCategory(category: string): readonly NationalAccount[] {
    return this.#byCategory.get(category.toLowerCase()) ?? [];
  }

  withStandard(twoDigits: string): readonly NationalAccount[] {
    return this.#byStandard.get(twoDigits) ?? [];
  }

  get all(): readonly NationalAccount[] {
    return this.#all;
  }
}

function grouped(
  accounts: readonly NationalAccount[],
  keyOf: (account: NationalAccount) => string,
): Map<string, NationalAccount[]> {
  const groups = new Map<string, NationalAccount[]>();
  for (const account of accounts) {
    const key = keyOf(account);
    const group = groups.get(key);
    if (group) group.push(account);
    else groups.set(key, [account]);
  }
  return groups;
}

/** The place of an account of the file in our chart. */
export interface Placement {
  /** The national account whose class, group and line it gets. */
  like: NationalAccount;
  category: string;
  code: string;
  /** How it was found: by the file's grouping, by its category alone, by its old standard account, by its number. */
  by: 'grouping' | 'category' | 'standard' | 'number';
}

/** Before 2025 the category was the name of a form; the codes are the current ones if these exist. */
const OLD_FORM = /^RF-?\d{4}$/i;

/**
 * Finds the account of the national chart that is most similar to an account of a file: by its SAF-T grouping (the code
 * alone decides, because each belongs to one category), otherwise by the two digits of its old standard account,
 * otherwise by its number.
 */
export function placeAccount(account: Account, chart: NationalChart): Placement {
  const number = account.id!;
  const category = account.groupingCategory;
  const code = account.groupingCode;
  const sameCode = code === undefined ? [] : chart.withGroupingCode(code);
  if (sameCode.length > 0 && category !== undefined) {
    const fits = sameCode.filter((national) => national.saft_category.toLowerCase() === category.toLowerCase());
    if (fits.length > 0) return placed(nearest(number, fits), 'grouping');
    if (OLD_FORM.test(category)) return placed(nearest(number, sameCode), 'grouping');
  }
  const sameCategory = category === undefined ? [] : chart.withCategory(category);
  if (sameCategory.length > 0 && code !== undefined) {
    const like = placed(nearest(code, sameCategory), 'category');
    // A pair of the official list keeps its code even if no account of ours has it; any other gets that of the similar
    // account.
    const listed = groupingCategoryOf(code);
    return listed?.toLowerCase() === category!.toLowerCase() ? { ...like, category: listed, code } : like;
  }
  const standard = account.standardId === undefined ? [] : chart.withStandard(account.standardId.slice(0, 2));
  if (standard.length > 0)
    return placed(nearest(account.standardId!.length === 4 ? account.standardId! : number, standard), 'standard');
  return placed(nearest(number, chart.all), 'number');
}

function placed(like: NationalAccount, by: Placement['by']): Placement {
  return { like, category: like.saft_category, code: like.saft_code, by };
}

/** The account with the closest number, compared digit by digit: both 15001 and 1501 are placed beside 1500. */
function nearest(number: string, accounts: readonly NationalAccount[]): NationalAccount {
  const wanted = fourDigits(number);
  let best = accounts[0]!;
  let distance = Infinity;
  for (const account of accounts) {
    const apart = Math.abs(fourDigits(account.account_code) - wanted);
    if (apart < distance) [best, distance] = [account, apart];
  }
  return best;
}

/** The first four digits of a number; one without digits is placed at the end, among the sundry costs. */
function fourDigits(number: string): number {
  const digits = number.replace(/\D/g, '').slice(0, 4);
  return digits === '' ? 7790 : Number(digits.padEnd(4, '0'));
}
