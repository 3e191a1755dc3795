import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { requestErrors, type Text } from '../../platform/errors.ts';
import { type KnownAt, mastersTable } from '../figures/known-at.ts';

export type AccountType = 'asset' | 'liability' | 'equity' | 'revenue' | 'expense' | 'appropriation';

export interface AccountGroup {
  code: string;
  name: Text;
}

/** An account in a report: its name on the report's last day, and its three groups from the outermost in. */
export interface ReportAccount {
  code: string;
  name: Text;
  type: AccountType;
  flags: readonly string[];
  mandatoryDimensions: readonly string[];
  statementLine: string | null;
  groups: readonly [AccountGroup, AccountGroup, AccountGroup];
}

export interface ReportChart {
  /** Throws 404 for an unknown account. */
  (accountCode: string): ReportAccount;
  /** All of them, used or not. */
  accounts(): ReportAccount[];
  /** The three groups from the outermost in, by the code of the innermost. */
  groups(code: string): ReportAccount['groups'] | undefined;
}

/** Balance sheet accounts carry their balance over the years; the others start every fiscal year at zero. */
export function carriesForward({ type }: ReportAccount): boolean {
  return type === 'asset' || type === 'liability' || type === 'equity';
}

/** The order of the statements: by groups, then by code. */
export function compareAccounts(a: ReportAccount, b: ReportAccount): number {
  for (const level of [0, 1, 2] as const) {
    const order = compare(a.groups[level].code, b.groups[level].code);
    if (order !== 0) return order;
  }
  return compare(a.code, b.code);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface NationalChart {
  accounts: ReadonlyMap<string, ReportAccount>;
  groups: ReadonlyMap<string, ReportAccount['groups']>;
}

interface OwnAccountRow {
  account_code: string;
  is_own: boolean;
  name_nb: string | null;
  name_en: string | null;
  account_type: AccountType | null;
  group_code: string | null;
  statement_line: string | null;
  flags: string[] | null;
  mandatory_dimensions: string[] | null;
}

// Names as of a date: the version in force; before the first version, an own account's original name or the national
// chart's name.
const ownAccounts = (at: string | null) => `
select c.account_code, c.is_own, c.account_type, c.group_code, c.statement_line, c.flags, c.mandatory_dimensions,
  case when v.account_code is null then c.name_nb when v.valid_from <= $2::date or c.is_own then v.name_nb end as name_nb,
  case when v.account_code is null then c.name_en when v.valid_from <= $2::date or c.is_own then v.name_en end as name_en
from ${mastersTable('client_gl_accounts', at)} c
left join (
  select distinct on (account_code) account_code, valid_from, name_nb, name_en
  from ${mastersTable('client_gl_account_versions', at)} v where client_account_id = $1
  order by account_code, valid_from <= $2::date desc, abs(valid_from - $2::date)
) v on v.account_code = c.account_code
where c.client_account_id = $1 and (c.is_own or v.account_code is not null or num_nonnulls(c.name_nb, c.name_en,
  c.account_type, c.group_code, c.statement_line, c.flags, c.mandatory_dimensions) > 0)`;

const OWN_ACCOUNTS = ownAccounts(null);
const OWN_ACCOUNTS_THEN = ownAccounts('$3');

/** The chart of a client account with its names on a day; `known`: as far as known then. */
export async function readChart(
  tx: Transaction,
  database: Database,
  clientAccountId: number,
  on: LocalDate,
  known: KnownAt | null = null,
): Promise<ReportChart> {
  const national = await nationalChart(tx, database);
  const rows = await (known
    ? tx.named<OwnAccountRow>('report-own-accounts-then', OWN_ACCOUNTS_THEN, [clientAccountId, on, known.at])
    : tx.named<OwnAccountRow>('report-own-accounts', OWN_ACCOUNTS, [clientAccountId, on]));
  const own = new Map(rows.map((row) => [row.account_code, ownAccount(row, national)]));
  const find = (code: string) => {
    const account = own.get(code) ?? national.accounts.get(code);
    if (!account) throw requestErrors.not_found({ what: 'Account', id: code });
    return account;
  };
  return Object.assign(find, {
    accounts: () => [...new Map([...national.accounts, ...own]).values()],
    groups: (code: string) => national.groups.get(code),
  });
}

function ownAccount(row: OwnAccountRow, national: NationalChart): ReportAccount {
  const base = national.accounts.get(row.account_code);
  const groups = (row.group_code ? national.groups.get(row.group_code) : undefined) ?? base?.groups;
  const type = row.account_type ?? base?.type;
  if (!groups || !type) throw new Error(`account ${row.account_code} has no group`);
  return {
    code: row.account_code,
    name: {
      nb: row.name_nb ?? base?.name.nb ?? row.account_code,
      en: row.name_en ?? base?.name.en ?? row.account_code,
    },
    type,
    groups,
    flags: row.flags ?? base?.flags ?? [],
    mandatoryDimensions: row.mandatory_dimensions ?? base?.mandatoryDimensions ?? [],
    statementLine: row.statement_line ?? base?.statementLine ?? null,
  };
}

const charts = new WeakMap<Database, NationalChart>();

/**
 * The national chart changes only with a new version of the program, so it is cached. It is read within the report's
 * own transaction: waiting for a second connection while holding one could deadlock when all are taken.
 */
async function nationalChart(tx: Transaction, database: Database): Promise<NationalChart> {
  const known = charts.get(database);
  if (known) return known;
  const chart = await loadNational(tx);
  charts.set(database, chart);
  return chart;
}

async function loadNational(tx: Transaction): Promise<NationalChart> {
  const groupRows = await tx.rows<{ code: string; parent_code: string | null; name_nb: string; name_en: string }>(
    sql`select code, parent_code, name_nb, name_en from account_groups`,
  );
  const byCode = new Map(groupRows.map((row) => [row.code, row]));
  const groups = new Map<string, ReportAccount['groups']>();
  for (const row of groupRows) {
    const chain: AccountGroup[] = [];
    for (
      let at: typeof row | undefined = row;
      at;
      at = at.parent_code === null ? undefined : byCode.get(at.parent_code)
    ) {
      chain.unshift({ code: at.code, name: { nb: at.name_nb, en: at.name_en } });
    }
    const [first, second, third] = chain;
    if (first && second && third) groups.set(row.code, [first, second, third]);
  }
  const accountRows = await tx.rows<{
    account_code: string;
    name_nb: string;
    name_en: string;
    account_type: AccountType;
    flags: string[];
    mandatory_dimensions: string[];
    statement_line: string | null;
    group_code: string;
  }>(sql`
    select account_code, name_nb, name_en, account_type, flags, mandatory_dimensions, statement_line, group_code
    from gl_accounts`);
  const accounts = new Map(
    accountRows.map((row) => [
      row.account_code,
      {
        code: row.account_code,
        name: { nb: row.name_nb, en: row.name_en },
        type: row.account_type,
        flags: row.flags,
        mandatoryDimensions: row.mandatory_dimensions,
        statementLine: row.statement_line,
        groups: groups.get(row.group_code)!,
      },
    ]),
  );
  return { accounts, groups };
}
