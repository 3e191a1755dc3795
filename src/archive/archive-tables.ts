import sql, { join, raw, type Sql } from 'sql-template-tag';
import { assert } from '../kernel/assert.ts';
import type { Transaction } from '../platform/database/pool.ts';

/** Tables of a client account that are excluded from its archive, with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  balance_delta_batches: 'in balances.jsonl, added to what was folded',
  account_balances: 'in balances.jsonl, with the deltas that are not folded yet',
  year_balances: 'sums of account_balances',
  client_account_heads: 'counters of the server',
  vat_folds: 'how far the server has summed VAT',
  vat_balances: 'sums of the lines by VAT code, which follow from journal_entry_lines.jsonl',
  vat_notes: 'found from the lines, which are there',
  event_heads: 'counters of the server',
  new_events: 'events on their way into the list',
  events: 'names of what happened in the last 90 days; the records tell it, and audit_log.jsonl who did it',
  jobs: 'work of the server, not of the books',
};

/** A table of the archive: the file's name and its rows as JSON. */
export interface ArchivedTable {
  name: string;
  query: Sql;
}

interface Column {
  table_name: string;
  column_name: string;
  type: string;
  key_position: number | null;
}

/**
 * Every table with rows of a client account, listed from the database's catalog, so that tables added later are
 * included. Each row is a JSON object; see the README for the form of the values.
 */
export async function clientTables(tx: Transaction, clientAccountId: number): Promise<ArchivedTable[]> {
  const columns = await tx.rows<Column>(sql`
    select c.relname as table_name, a.attname as column_name, format_type(a.atttypid, null) as type,
      array_position(i.indkey::int2[], a.attnum) as key_position
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select')
      and exists (select 1 from pg_attribute o where o.attrelid = c.oid and o.attname = 'client_account_id' and not o.attisdropped)
    order by c.relname, a.attnum`);
  const names = [...new Set(columns.map((column) => column.table_name))].filter((name) => !(name in LEFT_OUT));
  return names.map((name) => {
    const own = columns.filter((column) => column.table_name === name);
    const key = own.filter((column) => column.key_position !== null).sort((a, b) => a.key_position! - b.key_position!);
    return {
      name,
      query: jsonRows(
        own.filter(({ column_name: column }) => !isSecret(column)).map(expression),
        sql`from ${identifier(name)} where client_account_id = ${clientAccountId}
          ${key.length > 0 ? sql`order by ${join(key.map((column) => identifier(column.column_name)))}` : sql``}`,
      ),
    };
  });
}

/** Tables shared by all client accounts: the rows that these books refer to. */
export function sharedTables(clientAccountId: number): ArchivedTable[] {
  const id = clientAccountId;
  return [
    {
      name: 'client_accounts',
      query: jsonRows(
        columnsOf(
          'id, unique_name, display_name, is_active, accounting_currency, organization_number, is_provider, provider_type, metadata',
        ),
        sql`from client_accounts where id = ${id}`,
      ),
    },
    {
      name: 'organizations',
      query: jsonRows(
        columnsOf(
          'id, organization_number, name, organization_form, vat_registered, email, phone, address_line, postal_code, city, country_code',
        ),
        sql`from organizations where id = (select organization_id from client_accounts where id = ${id})`,
      ),
    },
    {
      // Users with a role here, or who have ever changed something here.
      name: 'users',
      query: jsonRows(
        columnsOf('id, email, first_name, last_name, language, is_active'),
        sql`from users where id in (
            select user_id from client_account_users where client_account_id = ${id}
            union select user_id from audit_log where client_account_id = ${id}
            union select created_by_id from journal_entries where client_account_id = ${id}) order by id`,
      ),
    },
    { name: 'roles', query: jsonRows(columnsOf('id, code, name_nb, name_en'), sql`from roles order by id`) },
    {
      name: 'gl_accounts',
      query: jsonRows(
        columnsOf(
          'account_code, id, name_nb, name_en, account_type, normal_side, saft_category, saft_code, standard_account_2, default_tax_code, group_code, statement_line, flags, mandatory_dimensions, is_active',
        ),
        sql`from gl_accounts order by account_code`,
      ),
    },
    {
      name: 'account_groups',
      query: jsonRows(columnsOf('code, level, parent_code, name_nb, name_en'), sql`from account_groups order by code`),
    },
    {
      name: 'balances',
      query: jsonRows(
        columnsOf('account_code, month, dimension_set_id, debit, credit, line_count'),
        sql`from (select account_code, month, dimension_set_id, sum(debit)::bigint as debit, sum(credit)::bigint as credit,
            sum(line_count)::bigint as line_count
          from (
            select account_code, month, dimension_set_id, debit, credit, line_count from account_balances where client_account_id = ${id}
            union all
            select account_code, month, dimension_set_id, debit, credit, line_count from balance_deltas where client_account_id = ${id}) b
          group by account_code, month, dimension_set_id) s order by account_code, month, dimension_set_id`,
      ),
    },
  ];
}

function jsonRows(columns: Sql[], from: Sql): Sql {
  return sql`select row_to_json(r)::text as line from (select ${join(columns)} ${from}) r`;
}

function columnsOf(names: string): Sql[] {
  return names.split(', ').map(identifier);
}

/** A hash that grants access must not leave the server. */
function isSecret(column: string): boolean {
  return /(^|_)(token|secret|password)(_|$)/.test(column);
}

/** Decimals, bytes and times as text that represents the stored value exactly. */
function expression(column: Column): Sql {
  const name = identifier(column.column_name);
  switch (column.type) {
    case 'numeric':
      return sql`${name}::text as ${name}`;
    case 'bytea':
      return sql`encode(${name}, 'hex') as ${name}`;
    case 'bytea[]':
      return sql`array(select encode(b, 'hex') from unnest(${name}) with ordinality as u (b, n) order by n) as ${name}`;
    case 'timestamp with time zone':
      return sql`to_char(${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${name}`;
    case 'jsonb':
      // The hash chain covers the text of an entry's origin, and the same JSON can be written in several ways.
      return column.column_name === 'origin' ? sql`${name}::text as ${name}` : name;
    default:
      return name;
  }
}

function identifier(name: string): Sql {
  assert(/^[a-z][a-z0-9_]*$/.test(name), `not a name of ours: ${name}`);
  return raw(name);
}
