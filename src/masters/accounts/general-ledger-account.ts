import sql, { empty, type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type Language, requestErrors } from '../../platform/errors.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { TaxCodeView } from '../tax-codes/tax-code.ts';

export const ACCOUNT_TYPES = ['asset', 'liability', 'equity', 'revenue', 'expense', 'appropriation'] as const;
export const DIMENSION_TYPE = Type.String({ pattern: '^[a-z][a-z0-9_]{0,30}$' });

export const AccountView = strict({
  id: Type.Integer({ description: 'The account number for national accounts' }),
  client_account_id: nullable(Id),
  account_code: Type.String(),
  description: Type.String({ description: 'In the language of the request' }),
  description_nob: Type.String(),
  description_eng: Type.String(),
  country_code: Type.String(),
  category_code_1: Type.String(),
  category_description_1: Type.String(),
  category_code_2: Type.String(),
  category_description_2: Type.String(),
  category_code_3: Type.String(),
  category_description_3: Type.String(),
  account_type: Type.Enum([...ACCOUNT_TYPES]),
  normal_side: Type.Enum(['debit', 'credit']),
  grouping_category: Type.String({ description: 'SAF-T GroupingCategory' }),
  grouping_code: Type.String({ description: 'SAF-T GroupingCode' }),
  default_tax_code: nullable(Type.String()),
  is_own: Type.Boolean({ description: 'false: an account of the national chart' }),
  is_active: Type.Boolean(),
  created_at: nullable(TimeText),
  created_by_id: nullable(Id),
  updated_at: nullable(TimeText),
  updated_by_id: nullable(Id),
  mandatory_dimensions: Type.Optional(Type.Array(Type.String())),
  tax_codes: Type.Optional(
    Type.Array(
      strict({
        tax_code_id: Id,
        code: Type.String(),
        is_default: Type.Boolean(),
        tax_code: Type.Optional(TaxCodeView),
      }),
      { description: 'The VAT codes that fit the account; none for an account without VAT' },
    ),
  ),
  statistics: Type.Optional(
    strict({
      debit: Type.Number(),
      credit: Type.Number(),
      balance: Type.Number(),
      last_month: nullable(Type.String({ description: 'First day of the latest month with entries' })),
    }),
  ),
});
export type AccountView = Static<typeof AccountView>;

export interface AccountRow {
  id: number;
  client_account_id: number | null;
  account_code: string;
  name_nb: string;
  name_en: string;
  country_code: string;
  account_type: (typeof ACCOUNT_TYPES)[number];
  normal_side: 'debit' | 'credit';
  saft_category: string;
  saft_code: string;
  default_tax_code: string | null;
  statement_line: string | null;
  flags: string[];
  mandatory_dimensions: string[];
  is_own: boolean;
  is_active: boolean;
  created_at: Date | null;
  created_by_id: number | null;
  updated_at: Date | null;
  updated_by_id: number | null;
  group_1: string;
  group_1_nb: string;
  group_1_en: string;
  group_2: string;
  group_2_nb: string;
  group_2_en: string;
  group_3: string;
  group_3_nb: string;
  group_3_en: string;
}

export interface ChartOf {
  /** null: only the national chart. */
  clientAccountId: number | null;
  /** Names and SAF-T grouping of that day; today's if not given. */
  asOf?: LocalDate | undefined;
}

/**
 * The chart of a client account, as a relation `a` of AccountRow. An empty default VAT code of a client account means
 * "none", and null means "as in the national chart".
 */
function chart({ clientAccountId, asOf }: ChartOf): Sql {
  const names = asOf
    ? sql`(
        select distinct on (account_code) account_code, name_nb, name_en, saft_category, saft_code
        from client_gl_account_versions
        where client_account_id = ${clientAccountId ?? 0} and valid_from <= ${asOf}
        order by account_code, valid_from desc
      )`
    : sql`(select null as account_code, null as name_nb, null as name_en, null as saft_category, null as saft_code where false)`;
  return sql`(
    select coalesce(c.id, g.id) as id, c.client_account_id, coalesce(c.account_code, g.account_code) as account_code,
      coalesce(v.name_nb, c.name_nb, g.name_nb) as name_nb, coalesce(v.name_en, c.name_en, g.name_en) as name_en,
      coalesce(g.country_code, 'NO') as country_code, coalesce(c.account_type, g.account_type) as account_type,
      coalesce(c.normal_side, g.normal_side) as normal_side,
      coalesce(v.saft_category, c.saft_category, g.saft_category) as saft_category,
      coalesce(v.saft_code, c.saft_code, g.saft_code) as saft_code,
      nullif(coalesce(c.default_tax_code, g.default_tax_code), '') as default_tax_code,
      coalesce(c.statement_line, g.statement_line) as statement_line, coalesce(c.flags, g.flags) as flags,
      coalesce(c.mandatory_dimensions, g.mandatory_dimensions) as mandatory_dimensions,
      coalesce(c.is_own, false) as is_own, coalesce(c.is_active, g.is_active) as is_active,
      c.created_at, c.created_by_id, c.updated_at, c.updated_by_id,
      l1.code as group_1, l1.name_nb as group_1_nb, l1.name_en as group_1_en,
      l2.code as group_2, l2.name_nb as group_2_nb, l2.name_en as group_2_en,
      l3.code as group_3, l3.name_nb as group_3_nb, l3.name_en as group_3_en
    from (
      select client_account_id, id, account_code, name_nb, name_en, account_type, normal_side, saft_category, saft_code,
        default_tax_code, statement_line, flags, mandatory_dimensions, is_own, is_active, created_at, created_by_id,
        updated_at, updated_by_id, group_code
      from client_gl_accounts where client_account_id = ${clientAccountId ?? 0}
    ) c
    full join gl_accounts g on g.account_code = c.account_code
    left join ${names} v on v.account_code = coalesce(c.account_code, g.account_code)
    join account_groups l3 on l3.code = coalesce(c.group_code, g.group_code)
    join account_groups l2 on l2.code = l3.parent_code
    join account_groups l1 on l1.code = l2.parent_code
  ) a`;
}

/** Accounts as the client account sees them. `tail`: where, order and limit over the columns of AccountRow. */
export function accountRows(tx: Transaction, of: ChartOf, tail: Sql = empty): Promise<AccountRow[]> {
  return tx.rows<AccountRow>(sql`
    select id, client_account_id, account_code, name_nb, name_en, country_code, account_type, normal_side, saft_category,
      saft_code, default_tax_code, statement_line, flags, mandatory_dimensions, is_own, is_active, created_at,
      created_by_id, updated_at, updated_by_id, group_1, group_1_nb, group_1_en, group_2, group_2_nb, group_2_en, group_3,
      group_3_nb, group_3_en
    from ${chart(of)} ${tail}`);
}

export async function countAccounts(tx: Transaction, of: ChartOf, where: Sql): Promise<number> {
  return (await tx.one<{ records: number }>(sql`select count(*) as records from ${chart(of)} ${where}`)).records;
}

/** One account of the chart. Throws 404. */
export async function findAccountById(tx: Transaction, of: ChartOf, id: number): Promise<AccountRow> {
  const [row] = await accountRows(tx, of, sql`where id = ${id}`);
  if (!row) throw requestErrors.not_found({ what: 'General ledger account' });
  return row;
}

export function accountView(row: AccountRow, language: Language): AccountView {
  const english = language === 'en';
  return {
    id: row.id,
    client_account_id: row.is_own ? row.client_account_id : null,
    account_code: row.account_code,
    description: english ? row.name_en : row.name_nb,
    description_nob: row.name_nb,
    description_eng: row.name_en,
    country_code: row.country_code,
    category_code_1: row.group_1,
    category_description_1: english ? row.group_1_en : row.group_1_nb,
    category_code_2: row.group_2,
    category_description_2: english ? row.group_2_en : row.group_2_nb,
    category_code_3: row.group_3,
    category_description_3: english ? row.group_3_en : row.group_3_nb,
    account_type: row.account_type,
    normal_side: row.normal_side,
    grouping_category: row.saft_category,
    grouping_code: row.saft_code,
    default_tax_code: row.default_tax_code,
    is_own: row.is_own,
    is_active: row.is_active,
    created_at: row.created_at && isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
    updated_at: row.updated_at && isoSeconds(row.updated_at),
    updated_by_id: row.updated_by_id,
  };
}

/** The fields of an account for the audit log: all that can be changed. */
export function accountRecord(row: AccountRow) {
  return {
    account_code: row.account_code,
    description_nob: row.name_nb,
    description_eng: row.name_en,
    category_code_3: row.group_3,
    grouping_category: row.saft_category,
    grouping_code: row.saft_code,
    default_tax_code: row.default_tax_code,
    mandatory_dimensions: row.mandatory_dimensions,
    is_active: row.is_active,
  };
}
