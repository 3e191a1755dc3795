import { groupingCategoryOf } from '../../masters/index.ts';
import type { AccountRole } from '../xml/entries-statement.ts';
import { NO_LEDGER, OF_CUSTOMERS, OF_SUPPLIERS } from '../xml/entries-statement.ts';
import type { ExportSubject } from '../export-subject.ts';

export interface ExportAccount {
  code: string;
  name: string;
  category: string;
  groupingCode: string;
  /** The grouping from an import that is not in the official list, if another one is written. */
  unlisted: string | null;
  created: string | null;
  /** Balance accounts carry their balance over the years; the others start every financial year at zero. */
  carries: boolean;
  role: AccountRole;
  /** Debit − credit, in øre. */
  opening: bigint;
  closing: bigint;
}

interface Row {
  account_code: string;
  name: string;
  account_type: string;
  category: string;
  grouping_code: string;
  created: string | null;
  flags: string[];
  mandatory_dimensions: string[];
  ledger: 'customer' | 'supplier' | null;
  imported: boolean;
}

// Names and grouping as of the last day: the version in force; before the first version, an account's original name.
const ACCOUNTS = (own: string, versions: string) => `
select c.account_code, coalesce(c.account_type, g.account_type) as account_type,
  coalesce(c.flags, g.flags, '{}') as flags, coalesce(c.mandatory_dimensions, g.mandatory_dimensions, '{}') as mandatory_dimensions,
  coalesce(case when v.account_code is null then c.name_nb when v.valid_from <= $2::date or c.is_own then v.name_nb end,
    g.name_nb, c.account_code) as name,
  coalesce(case when v.account_code is null then c.saft_category when v.valid_from <= $2::date or c.is_own then v.saft_category end,
    g.saft_category, 'NA') as category,
  coalesce(case when v.account_code is null then c.saft_code when v.valid_from <= $2::date or c.is_own then v.saft_code end,
    g.saft_code, 'NA') as grouping_code,
  case when c.origin is not null then c.origin ->> 'created'
    when c.is_own then ((c.created_at at time zone 'Europe/Oslo')::date)::text end as created,
  c.origin is not null as imported, p.ledger
from ${own} c
left join gl_accounts g on g.account_code = c.account_code
left join (
  select distinct on (account_code) account_code, valid_from, name_nb, saft_category, saft_code
  from ${versions} r where client_account_id = $1
  order by account_code, valid_from <= $2::date desc, abs(valid_from - $2::date)
) v on v.account_code = c.account_code
left join (
  select distinct on (account_code) account_code, ledger from (
    select jsonb_array_elements_text(origin -> 'customer' -> 'balanceAccounts') as account_code, 'customer' as ledger
    from business_partners where client_account_id = $1 and jsonb_typeof(origin -> 'customer' -> 'balanceAccounts') = 'array'
    union all
    select jsonb_array_elements_text(origin -> 'supplier' -> 'balanceAccounts'), 'supplier'
    from business_partners where client_account_id = $1 and jsonb_typeof(origin -> 'supplier' -> 'balanceAccounts') = 'array') d
  order by account_code, ledger
) p on p.account_code = c.account_code
where c.client_account_id = $1
order by c.account_code`;

/** Every account that is or was in use, including those without movement and deactivated ones; without balances yet. */
export async function readAccounts(subject: ExportSubject): Promise<ExportAccount[]> {
  const { tx, clientAccountId, range, asOf } = subject;
  const at = (table: string) => (asOf ? `${table}_at($1, $3::timestamptz)` : table);
  const { rows } = await tx.client.query<Row>(
    ACCOUNTS(at('client_gl_accounts'), at('client_gl_account_versions')),
    asOf ? [clientAccountId, range.to, asOf] : [clientAccountId, range.to],
  );
  return rows.map((row) => ({
    code: row.account_code,
    name: row.name,
    ...groupingOf(row),
    created: row.created,
    carries: ['asset', 'liability', 'equity'].includes(row.account_type),
    role: roleOf(row),
    opening: 0n,
    closing: 0n,
  }));
}

/**
 * A pair of the official list unchanged; also one that was entered here, so that the check can refuse it. From an
 * imported pair a known code gives its category, because each code belongs to one; with an unknown code the account
 * cannot be mapped.
 */
function groupingOf({
  imported,
  category,
  grouping_code: code,
}: Row): Pick<ExportAccount, 'category' | 'groupingCode' | 'unlisted'> {
  const listed = groupingCategoryOf(code);
  if (listed === category || !imported) return { category, groupingCode: code, unlisted: null };
  const unlisted = `${category} ${code}`;
  return listed === undefined
    ? { category: 'NA', groupingCode: 'NA', unlisted }
    : { category: listed, groupingCode: code, unlisted };
}

/** Employees are among the customers if they owe, among the suppliers if they are owed. */
function roleOf({ flags, mandatory_dimensions: mandatory, account_type: type, ledger }: Row): AccountRole {
  if (flags.includes('customer')) return OF_CUSTOMERS;
  if (flags.includes('supplier')) return OF_SUPPLIERS;
  if (flags.includes('employee') || mandatory.includes('business_partner'))
    return type === 'asset' ? OF_CUSTOMERS : OF_SUPPLIERS;
  return ledger === 'customer' ? OF_CUSTOMERS : ledger === 'supplier' ? OF_SUPPLIERS : NO_LEDGER;
}
