import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';

export interface AccountGroup {
  code: string;
  name: string;
}

/** The names of an account as reports print them. */
export interface AccountName {
  code: string;
  name: string;
  type: 'asset' | 'liability' | 'equity' | 'revenue' | 'expense' | 'appropriation';
  normalSide: 'debit' | 'credit';
  level1: AccountGroup;
  level2: AccountGroup;
  level3: AccountGroup;
  saftCategory: string;
  saftCode: string;
  /** Line of the statutory layout (regnskapsloven § 6-1, § 6-2), if the account has one. */
  statementLine: string | null;
  flags: readonly string[];
  isActive: boolean;
}

interface NameRow {
  account_code: string;
  name: string;
  account_type: AccountName['type'];
  normal_side: AccountName['normalSide'];
  saft_category: string;
  saft_code: string;
  statement_line: string | null;
  flags: string;
  is_active: boolean;
  groups: [string, string, string, string, string, string];
}

/** One language per statement, so that each is prepared once per connection and reads no unneeded name. */
const statement = (name: 'name_nb' | 'name_en') => `
select coalesce(c.account_code, g.account_code) as account_code,
  coalesce(v.name, c.${name}, g.${name}) as name, coalesce(c.account_type, g.account_type) as account_type,
  coalesce(c.normal_side, g.normal_side) as normal_side,
  coalesce(v.saft_category, c.saft_category, g.saft_category) as saft_category,
  coalesce(v.saft_code, c.saft_code, g.saft_code) as saft_code,
  coalesce(c.statement_line, g.statement_line) as statement_line,
  array_to_string(coalesce(c.flags, g.flags), ' ') as flags, coalesce(c.is_active, g.is_active) as is_active, s.groups
from (
  select account_code, ${name}, account_type, normal_side, saft_category, saft_code, statement_line, flags, is_active, group_code
  from client_gl_accounts where client_account_id = $1
) c
full join gl_accounts g on g.account_code = c.account_code
left join (
  select distinct on (account_code) account_code, ${name} as name, saft_category, saft_code
  from client_gl_account_versions where client_account_id = $1 and valid_from <= $2
  order by account_code, valid_from desc
) v on v.account_code = coalesce(c.account_code, g.account_code)
join (
  select l3.code, json_build_array(l1.code, l1.${name}, l2.code, l2.${name}, l3.code, l3.${name}) as groups
  from account_groups l3
  join account_groups l2 on l2.code = l3.parent_code
  join account_groups l1 on l1.code = l2.parent_code
) s on s.code = coalesce(c.group_code, g.group_code)
order by 1`;

const STATEMENTS: Record<Language, string> = { nb: statement('name_nb'), en: statement('name_en') };

/**
 * All accounts of a client account by code (the national chart, its own accounts and its changes), in order of code,
 * with names and SAF-T grouping as of `asOf`: old specifications print unchanged (requirement B9). One query.
 */
export async function accountNames(
  tx: Transaction,
  clientAccountId: number,
  asOf: LocalDate,
  language: Language,
): Promise<Map<string, AccountName>> {
  const rows = await tx.named<NameRow>(`account-names-${language}`, STATEMENTS[language], [clientAccountId, asOf]);
  return new Map(
    rows.map((row) => {
      const [code1, name1, code2, name2, code3, name3] = row.groups;
      return [
        row.account_code,
        {
          code: row.account_code,
          name: row.name,
          type: row.account_type,
          normalSide: row.normal_side,
          level1: { code: code1, name: name1 },
          level2: { code: code2, name: name2 },
          level3: { code: code3, name: name3 },
          saftCategory: row.saft_category,
          saftCode: row.saft_code,
          statementLine: row.statement_line,
          flags: row.flags === '' ? [] : row.flags.split(' '),
          isActive: row.is_active,
        },
      ];
    }),
  );
}
